import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until as many events are handled in all.
 * @throws Error when no more are for `patience` milliseconds; the signal's reason when it aborts
 */
export async function untilHandled(
  wanted: number,
  count: () => Promise<number>,
  { signal, patience = 10_000 }: { signal: AbortSignal; patience?: number },
): Promise<void> {
  const { promise: stalled, reject } = Promise.withResolvers<never>()
  let handled = 0
  const giveUp = () =>
    reject(new Error(`${handled} of ${wanted} events were handled, and no more for ${patience / 1_000} s`))
  const timer = setTimeout(giveUp, patience)
  try {
    while (true) {
      const counted = await Promise.race([stalled, count()])
      if (counted >= wanted) return
      if (counted > handled) timer.refresh()
      handled = counted
      await sleep(1, undefined, { signal })
    }
  } finally {
    clearTimeout(timer)
  }
}
