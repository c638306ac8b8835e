import type { StoredEvent } from '@shop/journal/event-store'
import type { Projection } from '@shop/journal/projection'
import type { Order } from '@shop/orders-contract'
import type { OrderHappened } from './order.ts'
import type { tables } from './schema.ts'
import { upcasters } from './upcasters.ts'

/** The read model of orders: what customers are shown. */
export function orderViewOf(table: typeof tables.sqlite.orderViews): Projection<Order> {
  return {
    name: 'orders',
    table,
    upcasters,
    idOf: event => event.stream,
    evolve: evolveView,
    toRow: ({ id: _, ...view }) => ({
      customerId: view.customerId,
      status: view.status,
      placedAt: view.placedAt,
      view,
    }),
    fromRow: ({ id, view }) => ({ id, ...(view as object) }) as Order,
  }
}

/** The view after an event whose data have today's shape. */
export function evolveView(view: Order | undefined, { stream, version, type, data, at }: StoredEvent): Order {
  const event = { type, ...(data as object) } as OrderHappened
  if (event.type === 'order-placed') {
    const { type: _, ...goods } = event
    return { id: stream, ...goods, status: 'placed', placedAt: at, version }
  }
  if (!view) throw new Error(`the stream ${stream} does not begin with order-placed`)
  switch (event.type) {
    case 'order-confirmed':
      return { ...view, status: 'confirmed', version }
    case 'order-rejected':
      return { ...view, status: 'rejected', reason: event.reason, version }
    case 'order-cancelled':
      return { ...view, status: 'cancelled', reason: event.reason, version }
    default:
      return { ...view, version }
  }
}
