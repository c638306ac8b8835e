import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readJunit } from './junit.ts'
import { runGroup } from './process-group.ts'
import { emptyTally, type Tally } from './tally.ts'

export interface BunTestOptions {
  timeoutMs: number
  signal: AbortSignal
  /** Where the output goes; a function gets all of it at the end, also at the end by the signal. Default: where ours goes. */
  output?: 'inherit' | ((text: string) => void)
  /** Added to the environment of the tests. */
  env?: Record<string, string>
  /** Where the files lie. Default: the working directory. */
  root?: string
}

/**
 * Runs test files with `bun test` and counts what came of them.
 * @throws the reason of the signal when it aborts, once the tests and what they started have ended
 */
export async function runBunTest(
  files: readonly string[],
  { timeoutMs, signal, output = 'inherit', env = {}, root = process.cwd() }: BunTestOptions,
): Promise<Tally> {
  const directory = await mkdtemp(join(tmpdir(), 'shop-test-'))
  const report = join(directory, 'junit.xml')
  const held = output === 'inherit' ? undefined : await open(join(directory, 'output'), 'w+')
  try {
    const code = await runGroup(
      [
        process.execPath,
        'test',
        '--isolate',
        `--timeout=${timeoutMs}`,
        '--reporter=junit',
        `--reporter-outfile=${report}`,
        ...files.map(file => `./${file}`),
      ],
      { signal, output: held?.fd ?? 'inherit', env, cwd: root },
    )
    signal.throwIfAborted()
    const xml = (await Bun.file(report).exists()) ? await Bun.file(report).text() : ''
    return judge(xml, files, code)
  } finally {
    if (output !== 'inherit') output(await Bun.file(join(directory, 'output')).text())
    await held?.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * The count of a report, plus a failure for each file that is not in it (it did not load, or the run died before it)
 * and for a run that failed while each of its tests passed.
 */
export function judge(xml: string, files: readonly string[], code: number): Tally {
  const { tally, files: reported } =
    xml === '' ? { tally: emptyTally(), files: new Set<string>() } : readJunit(xml)
  for (const file of files) {
    if (!reported.has(file)) tally.failed.push(`${file}: ran no test; see its output above`)
  }
  if (code !== 0 && tally.failed.length === 0)
    tally.failed.push(`${files.join(', ')}: bun test ended with ${code}`)
  return tally
}
