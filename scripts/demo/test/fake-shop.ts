import type { Insights } from '../insights.ts'
import { expectedSales, sum, unitsOf } from '../insights.ts'
import { loadNorthwind } from '../northwind.ts'
import type { Order, Payment, Reservation, Shipment } from '../shapes.ts'
import type { Parts } from '../shop-client.ts'

interface Rows {
  order: Order
  reservation: Reservation
  payment: Payment
  shipment: Shipment
  /** What comes to pass later: one of them whenever somebody looks at the order. */
  later: (() => void)[]
}

interface FakeShop extends Disposable {
  origin: string
  rows: Rows[]
}

const away = () => Response.json({ code: 'unavailable' }, { status: 503 })
const unknown = (what: string) => Response.json({ code: `${what}-unknown` }, { status: 404 })

/** Northwind behind one socket: it has 900 units of every product, and confirms what it can. */
export async function startFakeShop(
  parts: Parts,
  misbook: (rows: Rows) => void = () => {},
): Promise<FakeShop> {
  const { products } = await loadNorthwind()
  const byId = new Map(products.map(product => [product.id, product]))
  const stock = new Map(products.map(({ id }) => [id, { onHand: 900, reserved: 0 }]))
  const byKey = new Map<string, Rows>()
  const find = (id: string | undefined) => [...byKey.values()].find(({ order }) => order.id === id)

  function move(lines: Order['lines'], { onHand = 0, reserved = 0 }): void {
    for (const { productId, quantity } of lines) {
      const level = stock.get(productId)
      if (level === undefined) continue
      level.onHand += onHand * quantity
      level.reserved += reserved * quantity
    }
  }

  function place(
    key: string,
    { lines: wanted, ...request }: Pick<Order, 'customerId' | 'country' | 'lines'>,
  ) {
    const first = byKey.get(key)
    if (first) return Response.json(first.order)
    if (wanted.some(line => byId.get(line.productId)?.discontinued)) {
      return Response.json({ code: 'product-discontinued' }, { status: 422 })
    }
    const lines = wanted.map(line => ({
      ...line,
      unitPriceCents: byId.get(line.productId)?.unitPriceCents ?? 0,
    }))
    const id = crypto.randomUUID()
    const totalCents = sum(lines, line => line.quantity * line.unitPriceCents)
    const shippingCents = parts.shipping ? 100 * unitsOf({ lines }) : 1500
    const order: Order = { id, ...request, lines, totalCents, shippingCents, status: 'placed', version: 1 }
    const rows = rowsOf(order)
    byKey.set(key, rows)
    const isShort = lines.some(({ productId, quantity }) => {
      const { onHand = 0, reserved = 0 } = stock.get(productId) ?? {}
      return onHand - reserved < quantity
    })
    if (isShort) reject(rows)
    else confirm(rows)
    return Response.json({ ...order }, { status: 202 })
  }

  function reject({ order, reservation, later }: Rows): void {
    Object.assign(reservation, { status: 'rejected', reason: 'insufficient-stock', lines: [] })
    later.push(() => Object.assign(order, { status: 'rejected', reason: 'insufficient-stock' }))
  }

  function confirm(rows: Rows): void {
    const { order, reservation, payment, shipment, later } = rows
    move(order.lines, { reserved: 1 })
    Object.assign(payment, { status: 'authorised', version: 1 })
    later.push(
      () => {
        order.status = 'confirmed'
        shipment.status = 'arranged'
      },
      () => {
        reservation.status = 'fulfilled'
        move(order.lines, { onHand: -1, reserved: -1 })
      },
      () => {
        Object.assign(payment, { status: 'captured', capturedCents: payment.amountCents })
        misbook(rows)
      },
    )
  }

  function cancel({ order, reservation, payment, shipment, later }: Rows): Response {
    Object.assign(order, { status: 'cancelled', reason: 'never shipped' })
    later.push(() => {
      reservation.status = 'restocked'
      move(order.lines, { onHand: 1 })
      Object.assign(payment, { status: 'refunded', refundedCents: payment.capturedCents })
      shipment.status = 'cancelled'
    })
    return Response.json(order)
  }

  function insights(): Insights {
    const rows = [...byKey.values()]
    const count = (status: Order['status']) => rows.filter(({ order }) => order.status === status).length
    const confirmed = rows.flatMap(({ order }) => (order.status === 'confirmed' ? [order] : []))
    const units = sum(confirmed, unitsOf)
    const goodsCents = sum(confirmed, order => order.totalCents)
    const entries = rows.map(({ order }) => ({ order: { found: order } }))
    const { products, countries } = expectedSales(entries as Parameters<typeof expectedSales>[0])
    const listed = (sales: typeof products) => [...sales].map(([key, row]) => ({ key, ...row }))
    return {
      totals: {
        placed: rows.length,
        confirmed: confirmed.length,
        rejected: count('rejected'),
        cancelled: count('cancelled'),
        units,
        goodsCents,
        shippingCents: sum(confirmed, order => order.shippingCents),
        capturedCents: sum(rows, ({ payment }) => payment.capturedCents),
        refundedCents: sum(rows, ({ payment }) => payment.refundedCents),
        parked: 0,
      },
      sales: {
        products: listed(products),
        countries: listed(countries),
        days: [{ key: '2026-01-31', orders: confirmed.length, units, cents: goodsCents }],
      },
    }
  }

  function get(kind: string | undefined, id: string | undefined): Response {
    if (kind === 'healthz') return new Response()
    if (kind === 'products') return Response.json(products)
    if (kind === 'stock') {
      const levels = [...stock].map(([productId, { onHand, reserved }]) => ({ productId, onHand, reserved }))
      return Response.json(levels.map(level => ({ ...level, available: level.onHand - level.reserved })))
    }
    if (kind === 'totals' || kind === 'sales') {
      if (!parts.insights) return away()
      const { totals, sales } = insights()
      return Response.json(kind === 'totals' ? totals : sales[id as keyof typeof sales])
    }
    if (kind === 'shipments' && !parts.shipping) return away()
    const rows = find(id)
    const name = kind?.slice(0, -1) as 'order' | 'reservation' | 'payment' | 'shipment'
    if (rows === undefined) return unknown(name)
    rows.later.shift()?.()
    if (name === 'payment' && rows.payment.version === 0) return unknown(name)
    if (name === 'shipment' && rows.reservation.status === 'rejected') return unknown(name)
    return Response.json(rows[name])
  }

  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const [, kind, id] = new URL(request.url).pathname.split('/')
      if (request.method === 'GET') return get(kind, id)
      const rows = find(id)
      if (rows) return cancel(rows)
      return place(request.headers.get('idempotency-key') ?? '', (await request.json()) as Order)
    },
  })
  return {
    origin: server.url.origin,
    get rows() {
      return [...byKey.values()]
    },
    [Symbol.dispose]: () => void server.stop(true),
  }
}

function rowsOf(order: Order): Rows {
  const { id: orderId, customerId, lines, totalCents, shippingCents, country = '' } = order
  const amountCents = totalCents + shippingCents
  const shipment = { orderId, country, units: unitsOf(order), priceCents: shippingCents }
  const kept = lines.map(({ productId, quantity }) => ({ productId, quantity }))
  const payment = { orderId, customerId, amountCents, capturedCents: 0, refundedCents: 0 }
  return {
    order,
    reservation: { orderId, status: 'reserved', lines: kept, version: 1 },
    payment: { ...payment, status: 'pending', version: 0 },
    shipment: { ...shipment, status: 'arranged' },
    later: [],
  }
}
