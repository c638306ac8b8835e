import type { Decider } from '@shop/journal/aggregate'
import type { Order } from '@shop/orders-contract'

/** What has happened to an order. The facts of its checkout are known here alone; see public-events.ts. */
export type OrderHappened =
  | ({ type: 'order-placed' } & Goods)
  | { type: 'stock-reserved' }
  | { type: 'stock-expired' }
  | { type: 'payment-authorised' }
  | { type: 'shipping-arranged'; trackingNumber?: string }
  | { type: 'checkout-failed'; reason: string }
  | { type: 'order-confirmed' }
  | { type: 'order-rejected'; reason: string }
  | { type: 'order-cancelled'; reason: string }

export interface Goods {
  customerId: string
  country?: string
  lines: Order['lines']
  totalCents: number
  shippingCents: number
}

export type OrderCommand =
  | ({ command: 'place' } & Goods)
  | { command: 'note'; event: CheckoutFact }
  | { command: 'confirm' }
  | { command: 'reject'; reason: string }
  | { command: 'cancel'; reason: string }

/** What the checkout has brought about elsewhere, or that it has given up: what it brought about is undone. */
export type CheckoutFact = Extract<
  OrderHappened,
  {
    type: 'stock-reserved' | 'stock-expired' | 'payment-authorised' | 'shipping-arranged' | 'checkout-failed'
  }
>

export interface OrderState {
  status: 'none' | Order['status']
  version: number
  /** Version after the last public event; 0: there was none. */
  published: number
  goods: Goods
  stock: 'none' | 'reserved' | 'expired'
  isAuthorised: boolean
  isShippingArranged: boolean
  /** Of the shipping service; a shipment without one is sent by hand. */
  trackingNumber?: string
  /** Why the checkout was given up. */
  failure?: string
  reason?: string
}

/** The command makes no sense for the order as it is. */
export class OrderRuleError extends Error {
  override readonly name = 'OrderRuleError'
  readonly code:
    | 'order-unknown'
    | 'order-not-confirmed'
    | 'order-settled'
    | 'checkout-failed'
    | 'checkout-incomplete'
    | 'reservation-expired'

  constructor(code: OrderRuleError['code'], message: string) {
    super(message)
    this.code = code
  }
}

const initial: OrderState = {
  status: 'none',
  version: 0,
  published: 0,
  goods: { customerId: '', lines: [], totalCents: 0, shippingCents: 0 },
  stock: 'none',
  isAuthorised: false,
  isShippingArranged: false,
}

/** The rules of an order. Saying again what is so changes nothing. */
export const order: Decider<OrderState, OrderCommand, OrderHappened> = { initial, decide, evolve }

function decide(command: OrderCommand, state: OrderState): OrderHappened[] {
  const { status } = state
  if (command.command === 'place') {
    const { command: _, ...goods } = command
    return status === 'none' ? [{ type: 'order-placed', ...goods }] : []
  }
  if (status === 'none') throw new OrderRuleError('order-unknown', 'There is no such order.')
  switch (command.command) {
    case 'note':
      return isNews(command.event, state) ? [command.event] : []
    case 'confirm':
      return confirm(state)
    case 'reject':
      if (status === 'rejected') return []
      if (status !== 'placed') throw new OrderRuleError('order-settled', `The order is ${status}.`)
      return [{ type: 'order-rejected', reason: command.reason }]
    case 'cancel':
      if (status === 'cancelled') return []
      if (status !== 'confirmed') {
        throw new OrderRuleError('order-not-confirmed', `The order is ${status}, not confirmed.`)
      }
      return [{ type: 'order-cancelled', reason: command.reason }]
  }
}

/** After the order is settled, or the checkout given up, the checkout has nothing more to tell. */
function isNews({ type }: CheckoutFact, state: OrderState): boolean {
  if (state.status !== 'placed' || state.failure !== undefined) return false
  switch (type) {
    case 'stock-reserved':
      return state.stock === 'none'
    case 'stock-expired':
      return state.stock !== 'expired'
    case 'payment-authorised':
      return !state.isAuthorised
    case 'shipping-arranged':
      return !state.isShippingArranged
    case 'checkout-failed':
      return true
  }
}

function confirm({ status, failure, ...facts }: OrderState): OrderHappened[] {
  if (status === 'confirmed' || status === 'cancelled') return []
  if (status === 'rejected') throw new OrderRuleError('order-settled', 'The order is rejected.')
  if (failure !== undefined) {
    throw new OrderRuleError('checkout-failed', `The checkout was given up: ${failure}.`)
  }
  if (facts.stock === 'expired') {
    throw new OrderRuleError('reservation-expired', 'The units are not kept for the order any more.')
  }
  if (facts.stock !== 'reserved' || !facts.isAuthorised || !facts.isShippingArranged) {
    throw new OrderRuleError('checkout-incomplete', 'A step of the checkout is missing.')
  }
  return [{ type: 'order-confirmed' }]
}

function evolve(state: OrderState, event: OrderHappened): OrderState {
  const version = state.version + 1
  const next = { ...state, version }
  switch (event.type) {
    case 'order-placed': {
      const { type: _, ...goods } = event
      return { ...next, status: 'placed', published: version, goods }
    }
    case 'stock-reserved':
      return { ...next, stock: 'reserved' }
    case 'stock-expired':
      return { ...next, stock: 'expired' }
    case 'payment-authorised':
      return { ...next, isAuthorised: true }
    case 'shipping-arranged': {
      const { trackingNumber } = event
      return { ...next, isShippingArranged: true, ...(trackingNumber !== undefined && { trackingNumber }) }
    }
    case 'checkout-failed':
      return { ...next, failure: event.reason }
    case 'order-confirmed':
      return { ...next, status: 'confirmed', published: version }
    case 'order-rejected':
      return { ...next, status: 'rejected', published: version, reason: event.reason }
    case 'order-cancelled':
      return { ...next, status: 'cancelled', published: version, reason: event.reason }
  }
}
