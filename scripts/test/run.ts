import type { Binary } from '../../dapr/install/obtain.ts'
import { suite } from '../../tests/swap/suite.ts'
import { checkLine, detailsOf, runChecks } from '../check/checks.ts'
import { componentSets } from '../component-sets.ts'
import { runBunTest } from './bun-test.ts'
import { runClusterLayer, variable } from './cluster.ts'
import { inWords, needsPostgres, prepareDapr, preparePostgres, prepareRedis } from './prepare.ts'
import type { Selection } from './select.ts'
import { runSideBySide } from './side-by-side.ts'
import { runSwapLayer } from './swap.ts'
import { addTally, type Tally, type Times } from './tally.ts'

const unitTimeoutMs = 60_000

/** For a test that has no limit of its own. */
const shopTimeoutMs = 120_000

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
  const { check, unit, shop, swap, cluster } = selection
  const add = (tally: Tally) => addTally(total, tally)
  if (check) await step('check', 'check', async () => add(await runCheckLayer()))
  if (unit.length > 0) {
    let env: Record<string, string> = {}
    if (await needsPostgres(unit)) {
      await step('PostgreSQL', 'obtain PostgreSQL', async () => {
        env = await preparePostgres(signal)
      })
    }
    await step('unit', `unit: ${unit.length} files`, async () =>
      add(await runBunTest(unit, { timeoutMs: unitTimeoutMs, signal, env })),
    )
  }
  if (shop.length > 0) await runShopLayer()
  if (swap) {
    const root = process.cwd()
    await step('swap', 'swap: the shop on each set of components', () =>
      runSwapLayer(componentSets(root), { root, rows: suite, signal, add }),
    )
  }
  if (cluster)
    await step('cluster', 'cluster: the shop on Kubernetes', () =>
      runClusterLayer({ command: process.env[variable], signal, add }),
    )

  async function runShopLayer(): Promise<void> {
    const prepared = await step('Dapr', 'obtain Dapr', () => prepareDapr(binaries, signal))
    if (!prepared) {
      total.failed.push(...shop.map(file => `${file}: not run, for want of Dapr`))
      return
    }
    let env: Record<string, string> = {}
    if (shop.some(file => file.startsWith('tests/conformance/'))) {
      await step('Redis', 'obtain Redis', async () => {
        env = await prepareRedis(signal)
      })
    }
    await step('shop', `shop: ${shop.length} files`, () =>
      runSideBySide(shop, { timeoutMs: shopTimeoutMs, signal, env, add }),
    )
  }

  /** False when it broke, which counts as a failure. Nothing starts after an interrupt. */
  async function step(layer: string, title: string, work: () => Promise<void>): Promise<boolean> {
    signal.throwIfAborted()
    console.log(`\n── ${title}`)
    const started = performance.now()
    try {
      await work()
      return true
    } catch (error) {
      signal.throwIfAborted()
      console.error(inWords(error))
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
