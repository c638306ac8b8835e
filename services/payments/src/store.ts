import { type ChangeSet, exactlyOne, outgoing, type Writer } from '@shop/journal/change-set'
import { ConflictError, retryOnConflict } from '@shop/journal/conflict'
import type { Journal } from '@shop/journal/journal'
import { payments as paymentsTopic } from '@shop/payments-contract'
import { and, asc, eq, lte } from 'drizzle-orm'
import { type Handled, handle } from './handle.ts'
import type { Command } from './payment.ts'
import { type PaymentRow, toPayment, toRow } from './payment-row.ts'
import type { PaymentStore } from './payments.ts'
import type { PaymentsTables } from './schema.ts'

/** A payment that is to be settled, and how often that was begun before. */
export interface Due {
  orderId: string
  attempts: number
}

export interface Store extends PaymentStore {
  /**
   * Like `change`, without the commit: for an inbox to commit with its note. The payment is due at once. Undefined when
   * the command changes nothing.
   * @throws PaymentRefused
   */
  decide(orderId: string, command: Command): Promise<ChangeSet | undefined>
  /** Payments that are due, the longest first. */
  unfinished(limit: number): Promise<Due[]>
  /**
   * Takes a payment that is due for oneself: nobody else gets it before `until`.
   * @returns false when somebody else was faster, or has settled it
   */
  claim(due: Due, until: Date): Promise<boolean>
  customersWithCard(): Promise<string[]>
  /** Keeps the cards of customers who have none. */
  addSealedCards(cards: { customerId: string; sealed: string }[]): Promise<void>
}

export interface StoreOptions {
  journal: Journal<PaymentsTables>
  /**
   * How long whoever changes a payment has to settle it, in milliseconds, before the sweep does: longer than the
   * provider and its retries take. @default 5_000
   */
  grace?: number
  now?: () => Date
}

/** Payments and cards as rows; the events of payments go to the outbox with them. */
export function createStore({ journal, grace = 5_000, now = () => new Date() }: StoreOptions): Store {
  const { payments, cards } = journal.tables

  async function read(orderId: string): Promise<PaymentRow | undefined> {
    const [row] = await journal.database.select().from(payments).where(eq(payments.orderId, orderId))
    return row
  }

  async function prepare(
    orderId: string,
    command: Command,
    delay: number,
  ): Promise<Pick<Handled, 'payment'> & { change?: ChangeSet }> {
    const row = await read(orderId)
    const at = now()
    const handled = handle(row && toPayment(row), orderId, command, at.toISOString())
    const { payment, changed, events } = handled
    if (!payment || !changed) return { payment }
    const dueAt = new Date(at.getTime() + delay).toISOString()
    const after = toRow(payment, (row?.revision ?? 0) + 1, dueAt)
    const change: ChangeSet = {
      rows: write => [row ? replace(write, row, after) : write.insert(payments).values(after)],
      outbox: events.map(event => outgoing(paymentsTopic, orderId, event)),
    }
    return { payment, change }
  }

  function replace(write: Writer, { orderId, revision }: PaymentRow, after: PaymentRow) {
    const isAsRead = and(eq(payments.orderId, orderId), eq(payments.revision, revision))
    return exactlyOne(write.update(payments).set(after).where(isAsRead))
  }

  return {
    async find(orderId) {
      const row = await read(orderId)
      return row && toPayment(row)
    },

    change: (orderId, command) =>
      retryOnConflict(async () => {
        const { payment, change } = await prepare(orderId, command, grace)
        if (change) await journal.commit(change)
        return payment
      }),

    decide: async (orderId, command) => (await prepare(orderId, command, 0)).change,

    unfinished: limit =>
      journal.database
        .select({ orderId: payments.orderId, attempts: payments.attempts })
        .from(payments)
        .where(lte(payments.dueAt, now().toISOString()))
        .orderBy(asc(payments.dueAt))
        .limit(limit),

    async claim({ orderId, attempts }, until) {
      const isStillDue = and(
        eq(payments.orderId, orderId),
        eq(payments.attempts, attempts),
        lte(payments.dueAt, now().toISOString()),
      )
      const later = { dueAt: until.toISOString(), attempts: attempts + 1 }
      try {
        await journal.commit({
          rows: write => [exactlyOne(write.update(payments).set(later).where(isStillDue))],
          durable: false,
        })
        return true
      } catch (error) {
        if (error instanceof ConflictError) return false
        throw error
      }
    },

    async sealedCardOf(customerId) {
      const [row] = await journal.database.select().from(cards).where(eq(cards.customerId, customerId))
      return row?.sealed
    },

    async keepSealedCard(customerId, sealed) {
      await journal.commit({
        rows: write => [
          write
            .insert(cards)
            .values({ customerId, sealed })
            .onConflictDoUpdate({ target: cards.customerId, set: { sealed } }),
        ],
      })
    },

    async customersWithCard() {
      const rows = await journal.database.select({ customerId: cards.customerId }).from(cards)
      return rows.map(({ customerId }) => customerId)
    },

    async addSealedCards(added) {
      if (added.length === 0) return
      await journal.commit({ rows: write => [write.insert(cards).values(added).onConflictDoNothing()] })
    },
  }
}
