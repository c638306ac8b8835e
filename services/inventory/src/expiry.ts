import type { Logger } from '@shop/chassis/logger'
import { type Wakeable, wakeable } from '@shop/journal/wakeable'
import type { Store } from './store.ts'

export interface ExpiryOptions {
  store: Pick<Store, 'due' | 'execute'>
  log: Pick<Logger, 'info' | 'warn'>
  /** Pause between two looks, in milliseconds. @default 1_000 */
  every?: number
}

/** How many are expired side by side. */
const batchSize = 50

/**
 * Gives the units of reservations back that were not confirmed in time. Several replicas may do it: each reservation
 * expires once, whoever is first.
 */
export function startExpiry({ store, log, every = 1_000 }: ExpiryOptions): Wakeable {
  return wakeable({
    work: () => expireDue(store, log),
    onError: err => log.warn({ err }, 'cannot expire reservations'),
    every,
  })
}

/** One that fails holds up no other of its batch. @throws what the first of them has thrown */
export async function expireDue(
  store: ExpiryOptions['store'],
  log: Pick<ExpiryOptions['log'], 'info'>,
): Promise<void> {
  for (let found = batchSize; found === batchSize; ) {
    const due = await store.due(batchSize)
    found = due.length
    const results = await Promise.allSettled(due.map(expire))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async function expire(orderId: string): Promise<void> {
    const reservation = await store.execute(orderId, { command: 'expire' })
    if (reservation?.status === 'expired') log.info({ orderId }, 'reservation expired')
  }
}
