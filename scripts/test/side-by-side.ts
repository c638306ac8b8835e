import pLimit from 'p-limit'
import { messageOf } from '../../dapr/install/errors.ts'
import { type BunTestOptions, runBunTest } from './bun-test.ts'
import { closingLine, emptyTally, type Tally } from './tally.ts'

const most = 4

/** The files of which fewer run at once, by how their paths begin. */
const fewer: readonly [begins: string, atOnce: number][] = [
  // Each test starts a whole shop.
  ['tests/shop/', 1],
  // They are about what happens in time: time-outs, redelivery, the end of a process.
  ['tests/conformance/faults/', 2],
  ['tests/conformance/workflow-faults', 2],
  ['tests/behaviours/', 2],
]

export interface SideBySideOptions extends Omit<BunTestOptions, 'output'> {
  /** Gets what a file came to when it has ended. */
  add: (tally: Tally) => void
  /** Gets what is to be shown. Default: standard output. */
  write?: (text: string) => void
}

/**
 * Runs each test file in a process of its own, as many at once as they bear; those that need quiet come last. The output
 * of one that runs beside others is shown in one piece when it has ended.
 * @throws the reason of the signal when it aborts, once the tests and what they started have ended
 */
export async function runSideBySide(
  files: readonly string[],
  { add, write = text => void process.stdout.write(text), ...options }: SideBySideOptions,
): Promise<void> {
  const { signal } = options
  for (const [atOnce, group] of groupsOf(files)) {
    const limit = pLimit(atOnce)
    const held = atOnce > 1 && group.length > 1
    await Promise.all(group.map(file => limit(() => runFile(file, held))))
    signal.throwIfAborted()
  }

  async function runFile(file: string, held: boolean): Promise<void> {
    if (signal.aborted) return
    const started = performance.now()
    let shown = `\n── ${file}\n`
    if (!held) write(shown)
    const hold = (text: string) => {
      shown += text
    }
    const tally = await runBunTest([file], { ...options, output: held ? hold : 'inherit' }).catch(error =>
      signal.aborted ? emptyTally() : { ...emptyTally(), failed: [`${file}: not run: ${messageOf(error)}`] },
    )
    add(tally)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const end = signal.aborted ? 'interrupted' : closingLine(tally)
    write(`${held ? shown : ''}── ${file}: ${seconds} s, ${end}\n`)
  }
}

/** By how many run at once; the most first. */
function groupsOf(files: readonly string[]): [atOnce: number, files: string[]][] {
  const groups = new Map<number, string[]>()
  for (const file of files) {
    const [, atOnce] = fewer.find(([begins]) => file.startsWith(begins)) ?? ['', most]
    groups.set(atOnce, [...(groups.get(atOnce) ?? []), file])
  }
  return [...groups].sort(([a], [b]) => b - a)
}
