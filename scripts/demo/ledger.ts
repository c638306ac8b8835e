import type { Order, Payment, Reservation, Shipment } from './shapes.ts'

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
  /** Where it goes, in English. */
  country: string
  lines: Line[]
  /** Whether Northwind ever sent it. One that it did not is cancelled, once it is confirmed and paid. */
  isShipped: boolean
}

/** The last word on a POST of an order or of its cancellation, after retries. */
export type Answer =
  | { kind: 'accepted'; order: Order }
  | { kind: 'refused'; status: number; code: string }
  /** Nobody knows whether the order exists: retries ran out, or the answer made no sense. */
  | { kind: 'unclear'; problem: string }

/** What a GET gave: the document, or why there is none; `isUnknown` when the shop says that it never was. */
export type Read<T> = { found: T } | { problem: string; isUnknown?: true }

/** One row of the client's ledger. What follows `answer` is there for accepted orders only. */
export interface Entry {
  sent: SentOrder
  answer: Answer
  /** The answer to sending the same order with the same key again; only a sample is sent again. */
  again?: Answer
  /** The answer to cancelling it; only a confirmed order that Northwind never sent is cancelled. */
  cancellation?: Answer
  order?: Read<Order>
  reservation?: Read<Reservation>
  payment?: Read<Payment>
  /** Missing where there is no shipping service. */
  shipment?: Read<Shipment>
  /** Milliseconds on the run's clock. `settledAt` is when a poll first saw the order confirmed or rejected. */
  sentAt: number
  answeredAt: number
  settledAt?: number
  /** HTTP attempts beyond the first that the POST took. */
  retries: number
}

/** The document that a GET gave, if any. */
export function foundIn<T>(read: Read<T> | undefined): T | undefined {
  return read && 'found' in read ? read.found : undefined
}
