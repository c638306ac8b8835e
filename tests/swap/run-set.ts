import { rounded } from '../../benchmarks/lib/statistics.ts'
import { messageOf } from '../../dapr/install/errors.ts'
import { fulfilment } from '../shop/broken-fulfilment.ts'
import { provider } from '../shop/checkouts.ts'
import { type Shop, ShopNotReady, startShop } from '../shop/shop.ts'
import type { Outcome, Row, Seen } from './row.ts'
import { ending, starting } from './suite.ts'
import type { World } from './world.ts'

export interface RunSetOptions {
  rows: readonly Row[]
  signal: AbortSignal
  /** Told what begins. */
  onStep: (title: string) => void
  onOutcome: (outcome: Outcome) => void
  /** @default a whole shop by `bun start` on the set */
  start?: (set: string, signal: AbortSignal) => Promise<Shop>
}

/**
 * Starts a shop on a set of components from nothing, runs every row against it, and takes it down. A row that fails does
 * not stop the others while the shop lives.
 * @throws the signal's reason when it aborts, once the shop is gone
 */
export async function runSet(set: string, options: RunSetOptions): Promise<void> {
  const { rows, signal, onStep, onOutcome, start = startOn } = options
  onStep(starting.title)
  let began = performance.now()
  const tell = (row: string, result: Pick<Outcome, 'ok' | 'seen' | 'values'>) =>
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

  const world: World = { set, shop, signal, cleanup: new AsyncDisposableStack() }
  try {
    for (const row of rows) {
      signal.throwIfAborted()
      onStep(row.title)
      began = performance.now()
      const result = await observe(row, world)
      signal.throwIfAborted()
      tell(row.id, result)
      if (!result.ok) await calm(shop)
    }
  } finally {
    onStep(ending.title)
    began = performance.now()
    const end = await takeDown(world)
    if (!signal.aborted) tell(ending.id, end)
  }
}

async function startOn(set: string, signal: AbortSignal): Promise<Shop> {
  return await startShop({ env: { SHOP_SET: set }, signal })
}

async function observe(
  { run, limit = 60 }: Row,
  world: World,
): Promise<Pick<Outcome, 'ok' | 'seen' | 'values'>> {
  const { shop, signal } = world
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not done after ${limit} s`)), limit * 1_000)
  const interrupt = () => late.reject(signal.reason)
  signal.addEventListener('abort', interrupt)
  try {
    const { words, values }: Seen = await Promise.race([lifeOf(shop), run(world), late.promise])
    return { ok: true, seen: words, ...(values && { values: inShort(values) }) }
  } catch (error) {
    return { ok: false, seen: reasonOf(error) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
}

const lives = new WeakMap<Shop, Promise<never>>()

/** Fails when the shop ends; at once when it has. */
function lifeOf(shop: Shop): Promise<never> {
  const known = lives.get(shop)
  if (known) return known
  const life = shop.starter.exited.then((code): never => {
    throw new Error(`the shop has ended (exit ${code}): ${shop.output().trimEnd().split('\n').at(-1)}`)
  })
  life.catch(() => undefined)
  lives.set(shop, life)
  return life
}

/** Takes back what a row may have left that did not come to its end. */
async function calm(shop: Shop): Promise<void> {
  for (const { pid } of shop.processes()) process.kill(pid, 'SIGCONT')
  await Promise.allSettled([
    Promise.try(() => provider(shop).goOn()),
    Promise.try(() => fulfilment(shop).repair()),
  ])
}

async function takeDown({ shop, cleanup }: World): Promise<Pick<Outcome, 'ok' | 'seen'>> {
  try {
    await cleanup.disposeAsync().finally(() => shop[Symbol.asyncDispose]())
    return { ok: true, seen: '✓' }
  } catch (error) {
    return { ok: false, seen: reasonOf(error) }
  }
}

/** On one line. */
function reasonOf(error: unknown): string {
  const text =
    error instanceof ShopNotReady ? `${error.output.trimEnd()} (exit ${error.exitCode})` : messageOf(error)
  return text.trim().split(/\n+/).slice(-4).join(' ').replaceAll(/\s+/g, ' ')
}

function inShort(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value)]))
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000
}
