import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from './cache.ts'
import { startOf } from './process-identity.ts'

export interface RunOptions {
  cwd: string
  env: Environment
  /** Where to note the child's identity, for a later run to end it if this one is killed. */
  work: string
  signal: AbortSignal | undefined
  /** Every line of standard error as it comes. */
  onLine?: (line: string) => void
}

const kept = 200
const noteName = 'child.json'
const groups = new Map<number, string>()

// whoever calls process.exit in the middle of a build leaves neither compilers nor their folder behind
process.on('exit', () => {
  for (const [pid, work] of groups) {
    killGroup(pid)
    rmSync(work, { recursive: true, force: true })
  }
})

/**
 * Runs a command in a process group of its own and ends the whole group on abort.
 *
 * @returns its standard output and the last lines of its standard error, with the exit code
 * @throws the signal's reason when aborted
 */
export async function run(
  command: string[],
  { cwd, env, work, signal, onLine }: RunOptions,
): Promise<{ code: number; output: string; errors: string[] }> {
  signal?.throwIfAborted()
  const child = Bun.spawn(command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  groups.set(child.pid, work)
  const abort = () => killGroup(child.pid)
  signal?.addEventListener('abort', abort)
  try {
    const identity = { pid: child.pid, started: startOf(child.pid) }
    await Bun.write(join(work, noteName), JSON.stringify(identity))
    const errors: string[] = []
    const [output] = await Promise.all([
      new Response(child.stdout).text(),
      readLines(child.stderr, line => {
        errors.push(line)
        if (errors.length > kept) errors.shift()
        onLine?.(line)
      }),
    ])
    const code = await child.exited
    signal?.throwIfAborted()
    return { code, output, errors }
  } catch (error) {
    killGroup(child.pid)
    await child.exited
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
    groups.delete(child.pid)
  }
}

/** Ends the process group noted in a work folder, if it is still the one that was started there. */
export async function killGroupOf(work: string): Promise<void> {
  const note = await Bun.file(join(work, noteName))
    .json()
    .catch(() => undefined)
  const pid: unknown = note?.pid
  if (typeof pid !== 'number' || !note.started || startOf(pid) !== note.started) return
  killGroup(pid)
}

async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
  if (rest) take(rest)
}

function killGroup(pid: number): void {
  try {
    // SIGKILL: Go's caches survive it, and a compiler half way through has nothing to save
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}
