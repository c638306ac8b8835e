import { rounded } from '../../benchmarks/lib/statistics.ts'
import { type Shop, startShop } from '../shop/shop.ts'
import { localWorld } from './local-world.ts'
import { type Result, type RunRowsOptions, reasonOf, runRows, secondsSince } from './run-rows.ts'
import { ending, starting } from './suite.ts'

export interface RunSetOptions extends RunRowsOptions {
  signal: AbortSignal
  /** @default a whole shop by `bun start` on the set */
  start?: (set: string, signal: AbortSignal) => Promise<Shop>
}

/**
 * Starts a shop on a set of components from nothing, runs every row against it, and takes it down.
 * @throws the signal's reason when it aborts, once the shop is gone
 */
export async function runSet(set: string, options: RunSetOptions): Promise<void> {
  const { signal, onStep, onOutcome, start = startOn } = options
  onStep(starting.title)
  let began = performance.now()
  const tell = (row: string, result: Result) =>
    onOutcome({ set, row, ...result, seconds: Math.round(secondsSince(began) * 10) / 10 })

  let shop: Shop
  try {
    shop = await start(set, signal)
  } catch (error) {
    signal.throwIfAborted()
    return tell(starting.id, { ok: false, seen: reasonOf(error) })
  }
  const seconds = secondsSince(began)
  tell(starting.id, { ok: true, seen: `${seconds.toFixed(1)} s`, values: { seconds: rounded(seconds) } })

  const cleanup = new AsyncDisposableStack()
  try {
    await runRows(localWorld(shop, { set, signal, cleanup }), options)
  } finally {
    onStep(ending.title)
    began = performance.now()
    const end = await takeDown(shop, cleanup)
    if (!signal.aborted) tell(ending.id, end)
  }
}

async function startOn(set: string, signal: AbortSignal): Promise<Shop> {
  return await startShop({ env: { SHOP_SET: set }, signal })
}

async function takeDown(shop: Shop, cleanup: AsyncDisposableStack): Promise<Result> {
  try {
    await cleanup.disposeAsync().finally(() => shop[Symbol.asyncDispose]())
    return { ok: true, seen: '✓' }
  } catch (error) {
    return { ok: false, seen: reasonOf(error) }
  }
}
