import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { messageOf } from '../../dapr/install/errors.ts'
import type { Http, Reply } from './http.ts'
import type { Answer, Read, SentOrder } from './ledger.ts'
import { Order, Problem, Products, Reservation, StockLevels } from './shapes.ts'

export interface ShopClient {
  /** Throws when the shop does not answer with a catalogue. */
  products(): Promise<Products>
  /** Throws when the shop does not answer with stock levels. */
  stock(): Promise<StockLevels>
  /** Never throws: whatever happens is an answer for the ledger. */
  placeOrder(order: SentOrder): Promise<{ answer: Answer; retries: number }>
  order(id: string): Promise<Read<Order>>
  reservation(orderId: string): Promise<Read<Reservation>>
}

/** The part of the gateway's public API that the demo uses, every answer checked for its shape. */
export function createShopClient(http: Http): ShopClient {
  return {
    products: () => need(http, '/products', Products),
    stock: () => need(http, '/stock', StockLevels),
    placeOrder: order => placeOrder(http, order),
    order: id => read(http, `/orders/${encodeURIComponent(id)}`, Order),
    reservation: id => read(http, `/reservations/${encodeURIComponent(id)}`, Reservation),
  }
}

async function placeOrder(http: Http, order: SentOrder): Promise<{ answer: Answer; retries: number }> {
  const { key, customerId, lines } = order
  try {
    const reply = await http('/orders', {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: { customerId, lines },
    })
    return { answer: toAnswer(reply), retries: reply.retries }
  } catch (error) {
    return { answer: { kind: 'unclear', problem: messageOf(error) }, retries: 0 }
  }
}

function toAnswer({ status, body }: Reply): Answer {
  // 200: this key was answered before, by the same order; so it is when the first answer got lost.
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
    return { found: await need(http, path, schema) }
  } catch (error) {
    return { problem: messageOf(error) }
  }
}

async function need<S extends TSchema>(http: Http, path: string, schema: S): Promise<Static<S>> {
  const { status, body } = await http(path)
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
