import type { Binary } from '../../dapr/install/obtain.ts'
import { checkLine, detailsOf, runChecks } from '../check/checks.ts'
import { runBunTest } from './bun-test.ts'
import { prepareDapr } from './prepare.ts'
import type { Selection } from './select.ts'
import { addTally, emptyTally, type Tally, type Times } from './tally.ts'

const unitTimeoutMs = 60_000
const shopTimeoutMs = 20 * 60_000

export interface RunOptions {
  /** The Dapr parts to obtain before the tests of the whole shop. */
  binaries: readonly Binary[]
  signal: AbortSignal
  /** Filled as the run goes on, so that an interrupted one can still say what it came to. */
  total: Tally
  /** Filled likewise. */
  times: Times
}

/**
 * Runs what was selected, in the order in which a failure is cheapest to find.
 * @throws the reason of the signal when it aborts, once everything that was started has ended
 */
export async function runTests(
  selection: Selection,
  { binaries, signal, total, times }: RunOptions,
): Promise<void> {
  const { check, unit, shop } = selection
  if (check) await step('check', 'check', runCheckLayer)
  if (unit.length > 0) {
    await step('unit', `unit: ${unit.length} files`, () =>
      runBunTest(unit, { timeoutMs: unitTimeoutMs, signal }),
    )
  }
  if (shop.length === 0) return
  const prepared = await step('Dapr', 'obtain Dapr', async () => {
    await prepareDapr(binaries, signal)
    return emptyTally()
  })
  if (!prepared) {
    total.failed.push(...shop.map(file => `${file}: not run, for want of Dapr`))
    return
  }
  for (const [index, file] of shop.entries()) {
    await step('shop', `shop ${index + 1}/${shop.length}: ${file}`, () =>
      runBunTest([file], { timeoutMs: shopTimeoutMs, signal }),
    )
  }

  /** Adds what a step came to; false when it broke, which counts as a failure. Nothing starts after an interrupt. */
  async function step(layer: string, title: string, work: () => Promise<Tally>): Promise<boolean> {
    signal.throwIfAborted()
    console.log(`\n── ${title}`)
    const started = performance.now()
    try {
      addTally(total, await work())
      return true
    } catch (error) {
      signal.throwIfAborted()
      console.error(error)
      total.failed.push(`${title}: ${error instanceof Error ? error.message : error}`)
      return false
    } finally {
      const ms = performance.now() - started
      times.set(layer, (times.get(layer) ?? 0) + ms)
      console.log(`── ${title}: ${(ms / 1000).toFixed(1)} s`)
    }
  }
}

async function runCheckLayer(): Promise<Tally> {
  const results = await runChecks(result => console.log(checkLine(result)))
  process.stdout.write(detailsOf(results))
  return {
    passed: results.filter(({ ok }) => ok).length,
    failed: results.filter(({ ok }) => !ok).map(({ name }) => `check: ${name}`),
    skipped: [],
  }
}
