import type { Order } from '@shop/orders-contract'

export type Decision = { status: 'confirmed' } | { status: 'rejected'; reason: string }

export interface PlaceOrder {
  id: string
  customerId: string
  lines: Order['lines']
  totalCents: number
  placedAt: string
}

/** A new order: it waits for what inventory says. */
export function place(command: PlaceOrder): Order {
  return { ...command, status: 'placed' }
}

/** Applies what inventory decided. The first decision stays: a later one changes nothing. */
export function decide(order: Order, decision: Decision): Order {
  return order.status === 'placed' ? { ...order, ...decision } : order
}
