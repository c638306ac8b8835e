import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { messageOf } from '../../dapr/install/errors.ts'
import { type Http, type HttpOptions, type Reply, TransientError } from './http.ts'
import type { Insights } from './insights.ts'
import type { Answer, Read, SentOrder } from './ledger.ts'
import {
  Order,
  Payment,
  Problem,
  Products,
  Reservation,
  Sales,
  Shipment,
  StockLevels,
  Totals,
} from './shapes.ts'

/** Which of the services that the shop can do without are there. */
export interface Parts {
  shipping: boolean
  insights: boolean
}

export interface ShopClient {
  /** Throws when the shop does not answer with a catalogue. */
  products(): Promise<Products>
  /** Throws when the shop does not answer with stock levels. */
  stock(): Promise<StockLevels>
  /** Throws when the shop says neither that they are there nor that they are away. */
  parts(): Promise<Parts>
  /** Throws when the shop does not answer with totals. */
  totals(): Promise<Totals>
  /** Throws when the shop does not answer with totals and sales. */
  insights(): Promise<Insights>
  /** Never throws: whatever happens is an answer for the ledger. */
  placeOrder(order: SentOrder): Promise<{ answer: Answer; retries: number }>
  /** Never throws. */
  cancelOrder(id: string): Promise<Answer>
  order(id: string): Promise<Read<Order>>
  reservation(orderId: string): Promise<Read<Reservation>>
  payment(orderId: string): Promise<Read<Payment>>
  shipment(orderId: string): Promise<Read<Shipment>>
}

/** How long a service may be away before it counts as one that is not there, in milliseconds. */
const patience = 3_000

/** The part of the gateway's public API that the demo uses, every answer checked for its shape. */
export function createShopClient(http: Http): ShopClient {
  const totals = () => need(http, '/totals', Totals)
  const sales = (by: string) => need(http, `/sales/${by}`, Sales)

  return {
    products: () => need(http, '/products', Products),
    stock: () => need(http, '/stock', StockLevels),
    async parts() {
      const nobody = `/shipments/${crypto.randomUUID()}`
      const [shipping, insights] = await Promise.all([isThere(http, nobody), isThere(http, '/totals')])
      return { shipping, insights }
    },
    totals,
    async insights() {
      return {
        totals: await totals(),
        sales: {
          products: await sales('products'),
          countries: await sales('countries'),
          days: await sales('days'),
        },
      }
    },
    async placeOrder({ key, customerId, country, lines }) {
      const headers = { 'idempotency-key': key }
      return await post(http, '/orders', { headers, body: { customerId, country, lines } })
    },
    async cancelOrder(id) {
      const body = { reason: 'never shipped' }
      return (await post(http, `/orders/${encodeURIComponent(id)}/cancellation`, { body })).answer
    },
    order: id => read(http, `/orders/${encodeURIComponent(id)}`, Order),
    reservation: id => read(http, `/reservations/${encodeURIComponent(id)}`, Reservation),
    payment: id => read(http, `/payments/${encodeURIComponent(id)}`, Payment),
    shipment: id => read(http, `/shipments/${encodeURIComponent(id)}`, Shipment),
  }
}

async function isThere(http: Http, path: string): Promise<boolean> {
  try {
    const { status, body } = await http(path, { patience })
    if (status === 200 || status === 404) return true
    throw new Error(`GET ${path} ${failure(status, body)}`)
  } catch (error) {
    if (error instanceof TransientError && error.status === 503) return false
    throw error
  }
}

async function post(
  http: Http,
  path: string,
  options: HttpOptions,
): Promise<{ answer: Answer; retries: number }> {
  try {
    const reply = await http(path, { method: 'POST', ...options })
    return { answer: toAnswer(reply), retries: reply.retries }
  } catch (error) {
    return { answer: { kind: 'unclear', problem: messageOf(error) }, retries: 0 }
  }
}

function toAnswer({ status, body }: Reply): Answer {
  // 200: this was done before, for the same order; so it is when the first answer got lost.
  if (status === 202 || status === 200) {
    if (Value.Check(Order, body)) return { kind: 'accepted', order: body }
    return { kind: 'unclear', problem: misshapen(Order, status, body) }
  }
  if (status >= 400 && status < 500) {
    return { kind: 'refused', status, code: Value.Check(Problem, body) ? body.code : 'without a code' }
  }
  return { kind: 'unclear', problem: failure(status, body) }
}

async function read<S extends TSchema>(http: Http, path: string, schema: S): Promise<Read<Static<S>>> {
  try {
    const reply = await http(path)
    if (reply.status !== 404 || !Value.Check(Problem, reply.body)) return { found: take(path, reply, schema) }
    // Of a path that it does not have the shop says not-found.
    const isUnknown = reply.body.code.endsWith('-unknown')
    return { problem: `GET ${path} ${failure(reply.status, reply.body)}`, ...(isUnknown && { isUnknown }) }
  } catch (error) {
    return { problem: messageOf(error) }
  }
}

async function need<S extends TSchema>(http: Http, path: string, schema: S): Promise<Static<S>> {
  return take(path, await http(path), schema)
}

function take<S extends TSchema>(path: string, { status, body }: Reply, schema: S): Static<S> {
  if (status !== 200) throw new Error(`GET ${path} ${failure(status, body)}`)
  if (!Value.Check(schema, body)) throw new Error(`GET ${path} ${misshapen(schema, status, body)}`)
  return body
}

function failure(status: number, body: unknown): string {
  return `answered ${status}${Value.Check(Problem, body) ? ` ${body.code}` : ''}`
}

function misshapen(schema: TSchema, status: number, body: unknown): string {
  const first = Value.Errors(schema, body).First()
  const where = first === undefined ? '' : ` (${first.path || '/'}: ${first.message})`
  return `answered ${status} with a body of another shape than expected${where}`
}
