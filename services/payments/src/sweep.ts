import type { Logger } from '@shop/chassis/logger'
import type { Journal } from '@shop/journal/journal'
import { wakeable } from '@shop/journal/wakeable'
import type { Payments } from './payments.ts'
import type { Due, Store } from './store.ts'

export interface SweepOptions {
  journal: Pick<Journal, 'onCommit'>
  store: Pick<Store, 'unfinished' | 'claim'>
  payments: Pick<Payments, 'settle'>
  log: Pick<Logger, 'warn' | 'error'>
  /** How many payments are settled at once. @default 8 */
  atOnce?: number
  /** Pause between two looks for what is due, in milliseconds. @default 1_000 */
  every?: number
  /** Pause before a payment that failed is tried again, in milliseconds; it doubles each time. @default 5_000 */
  firstPause?: number
  /** Longest such pause, in milliseconds. @default 60_000 */
  maxPause?: number
  now?: () => Date
}

export interface Sweep {
  /**
   * Gives what is under way `grace` milliseconds, three seconds by default. The rest is settled after the next start.
   */
  stop(grace?: number): Promise<void>
}

/** After so many attempts it is an error that a payment is unfinished. */
const manyAttempts = 5

/**
 * Settles payments that nobody waits for: those that an event has changed, right after the commit; those whose request
 * has failed, or was cut off by a crash, a few seconds later. How often and when a payment is tried is in its row, so
 * one that always fails holds up no other, also after a restart and with several replicas.
 */
export function startSweep({
  journal,
  store,
  payments,
  log,
  atOnce = 8,
  every = 1_000,
  firstPause = 5_000,
  maxPause = 60_000,
  now = () => new Date(),
}: SweepOptions): Sweep {
  const underWay = new Set<Promise<void>>()
  let stopped = false

  async function fill(): Promise<void> {
    const free = atOnce - underWay.size
    if (free <= 0 || stopped) return
    for (const due of await store.unfinished(free)) {
      if (stopped) return
      const pause = Math.min(maxPause, firstPause * 2 ** due.attempts)
      if (await store.claim(due, new Date(now().getTime() + pause))) begin(due, pause)
    }
  }

  function begin(due: Due, pause: number): void {
    const settling = settle(due, pause).finally(() => {
      underWay.delete(settling)
      loop.wake()
    })
    underWay.add(settling)
  }

  async function settle({ orderId, attempts }: Due, pause: number): Promise<void> {
    try {
      await payments.settle(orderId)
    } catch (err) {
      const attempt = attempts + 1
      const level = attempt < manyAttempts ? 'warn' : 'error'
      log[level]({ err, orderId, attempt, pause }, 'payment stays unfinished')
    }
  }

  const loop = wakeable({
    work: fill,
    every,
    onError: err => log.warn({ err }, 'cannot look for unfinished payments'),
  })
  const unsubscribe = journal.onCommit(({ inbox }) => {
    if (inbox) loop.wake()
  })

  return {
    async stop(grace = 3_000) {
      stopped = true
      unsubscribe()
      await loop.stop()
      const over = Promise.withResolvers<void>()
      const timer = setTimeout(over.resolve, grace)
      await Promise.race([Promise.all(underWay), over.promise])
      clearTimeout(timer)
    },
  }
}
