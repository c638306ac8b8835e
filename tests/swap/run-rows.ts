import { rounded } from '../../benchmarks/lib/statistics.ts'
import { messageOf } from '../../dapr/install/errors.ts'
import { ShopNotReady } from '../shop/shop.ts'
import type { Outcome, Row, Seen } from './row.ts'
import type { World } from './world.ts'

export type Result = Pick<Outcome, 'ok' | 'seen' | 'values'>

export interface RunRowsOptions {
  rows: readonly Row[]
  /** Told what begins. */
  onStep: (title: string) => void
  onOutcome: (outcome: Outcome) => void
}

/**
 * Runs one row after the other. A row that fails does not stop the others while the shop lives.
 * @throws the signal's reason when it aborts
 */
export async function runRows(world: World, { rows, onStep, onOutcome }: RunRowsOptions): Promise<void> {
  const { set, signal } = world
  for (const row of rows) {
    signal.throwIfAborted()
    onStep(row.title)
    const began = performance.now()
    const result = await observe(row, world)
    signal.throwIfAborted()
    onOutcome({ set, row: row.id, ...result, seconds: Math.round(secondsSince(began) * 10) / 10 })
    if (!result.ok) await world.calm()
  }
}

async function observe({ run, limit = 60 }: Row, world: World): Promise<Result> {
  const { life, signal } = world
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not done after ${limit} s`)), limit * 1_000)
  const interrupt = () => late.reject(signal.reason)
  signal.addEventListener('abort', interrupt)
  try {
    const { words, values }: Seen = await Promise.race([life, run(world), late.promise])
    return { ok: true, seen: words, ...(values && { values: inShort(values) }) }
  } catch (error) {
    return { ok: false, seen: reasonOf(error) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
}

/** On one line. */
export function reasonOf(error: unknown): string {
  const text =
    error instanceof ShopNotReady ? `${error.output.trimEnd()} (exit ${error.exitCode})` : messageOf(error)
  return text.trim().split(/\n+/).slice(-4).join(' ').replaceAll(/\s+/g, ' ')
}

function inShort(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rounded(value)]))
}

export function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000
}
