import type { Order, Reservation } from './shapes.ts'

export interface Line {
  productId: number
  quantity: number
}

/** What the client sent: one for each Northwind order of the run. */
export interface SentOrder {
  /** The order's number in the Northwind data; the shop gives it an id of its own. */
  number: number
  /** Idempotency-Key: the same at every attempt. */
  key: string
  customerId: string
  lines: Line[]
}

/** The last word on a POST /orders, after retries. */
export type Answer =
  | { kind: 'accepted'; order: Order }
  | { kind: 'refused'; status: number; code: string }
  /** Nobody knows whether the order exists: retries ran out, or the answer made no sense. */
  | { kind: 'unclear'; problem: string }

/** What a GET gave: the document, or why there is none. */
export type Read<T> = { found: T } | { problem: string }

/** One row of the client's ledger. What follows `answer` is there for accepted orders only. */
export interface Entry {
  sent: SentOrder
  answer: Answer
  /** The answer to sending the same order with the same key again; only a sample is sent again. */
  again?: Answer
  order?: Read<Order>
  reservation?: Read<Reservation>
  /** Milliseconds on the run's clock. `settledAt` is when a poll first saw the order settled. */
  sentAt: number
  answeredAt: number
  settledAt?: number
  /** HTTP attempts beyond the first that the POST took. */
  retries: number
}
