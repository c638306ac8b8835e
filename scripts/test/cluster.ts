import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Outcome } from '../../tests/swap/row.ts'
import { emptyTally, type Tally } from './tally.ts'

export interface ClusterOptions {
  /** What runs `bun run test:k8s --json` on a cluster that it may have for itself. Undefined: there is none. */
  command: string | undefined
  signal: AbortSignal
  add: (tally: Tally) => void
  write?: (line: string) => void
}

/** The environment variable with the command: a cluster is nothing to be taken because it happens to be there. */
export const variable = 'SHOP_TEST_K8S'

/** Runs the suite on Kubernetes. Each row is one test. */
export async function runClusterLayer(options: ClusterOptions): Promise<void> {
  const { command, signal, add, write = console.log } = options
  if (command === undefined) {
    const reason = `needs ${variable}, a command that runs test:k8s --json on a cluster that it may have`
    write(`  skipped: ${reason}`)
    return add({ ...emptyTally(), skipped: [{ name: 'cluster', reason }] })
  }
  let last = ''
  let failed = 0
  const hear = (line: string) => {
    if (line.trim() === '') return
    last = line
    write(`  ${line}`)
  }
  const child = Bun.spawn(['sh', '-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => process.kill(-child.pid, 'SIGTERM')
  signal.addEventListener('abort', end)
  await Promise.all([
    eachLine(child.stdout, line => {
      const outcome = outcomeIn(line)
      if (outcome === undefined) return hear(line)
      if (!outcome.ok) failed++
      add(tallyOf(outcome))
    }),
    eachLine(child.stderr, hear),
  ])
  const code = await child.exited
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  if (code !== 0 && failed === 0) add({ ...emptyTally(), failed: [`cluster: ended with ${code}: ${last}`] })
}

async function eachLine(stream: ReadableStream<Uint8Array>, hear: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: Readable.fromWeb(stream as never) })) hear(line)
}

function outcomeIn(line: string): Outcome | undefined {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' && typeof value?.row === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function tallyOf({ row, ok, seen }: Outcome): Tally {
  return ok ? { ...emptyTally(), passed: 1 } : { ...emptyTally(), failed: [`cluster: ${row}: ${seen}`] }
}
