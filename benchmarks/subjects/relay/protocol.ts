import { order } from '../../lib/delivery.ts'

/** What a publisher is asked for, one line each: first the sidecar, then events of runs. */
export type Command =
  | { sidecar: number }
  /** As many as it can. */
  | { run: string; count: number }
  /** One after the other, so many a second. */
  | { run: string; count: number; rate: number }

/** Times are milliseconds since 1970, for all processes of a machine alike. */
export interface Published {
  began: number
  /** When the broker had all of them; null: nothing tells. */
  acknowledged: number | null
  /** When each was committed, by its number; none when as many were published as can be. */
  committed: number[]
}

/** What the consumer waits for: at most `patience` milliseconds after the last event. */
export interface Wanted {
  run: string
  count: number
  patience: number
}

/** Milliseconds since 1970, in fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

const whole = JSON.parse(order)

/** Data of an event; two in a row are of one order. */
export function eventOf(run: string, number: number) {
  return { ...whole, orderId: `${run}-${number >> 1}`, run, number }
}

/** Calls so many times a second, however long a call takes. @returns when each call was done */
export async function steadily(
  count: number,
  rate: number,
  call: (number: number) => Promise<unknown>,
): Promise<number[]> {
  const began = performance.now()
  const calls: Promise<number>[] = []
  for (let number = 0; number < count; number++) {
    await Bun.sleep(Math.max(0, began + (number * 1_000) / rate - performance.now()))
    calls.push(call(number).then(now))
  }
  return await Promise.all(calls)
}
