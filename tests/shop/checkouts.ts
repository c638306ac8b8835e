import type { Charge } from '../../packages/payment-provider/src/charge.ts'
import type { Order } from '../../services/orders/contract/index.ts'
import type { AnyShop } from './any-shop.ts'
import { type Shop, until } from './shop.ts'

export interface Wanted {
  customerId?: string
  productId?: number
  quantity?: number
}

/** A product of which the shop begins with 125 units. */
export const plentiful = 75

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what it is, the test says
  body: any
}

export async function ask(shop: AnyShop, path: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(`${shop.gateway}${path}`, init)
  return { status: answer.status, body: await answer.json().catch(() => undefined) }
}

export async function send(
  shop: AnyShop,
  method: string,
  path: string,
  body: unknown,
  key?: string,
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) }
  return await ask(shop, path, { method, headers, body: JSON.stringify(body) })
}

/** Places an order, as a client does: again under its key until it is answered. @returns its id */
export async function place(
  shop: AnyShop,
  { customerId = 'ALFKI', productId = plentiful, quantity = 1 }: Wanted = {},
): Promise<string> {
  const order = { customerId, country: 'Germany', lines: [{ productId, quantity }] }
  const key = crypto.randomUUID()
  let id = ''
  await until('an order is taken', async () => {
    const { status, body } = await send(shop, 'POST', '/orders', order, key)
    if (status === 422) throw new Error(JSON.stringify(body))
    id = status < 300 ? body.id : ''
    return id !== ''
  })
  return id
}

/** Undefined while nobody answers, which a test that kills has to expect. */
async function find(shop: AnyShop, path: string): Promise<Answer['body']> {
  const answer = await ask(shop, path).catch(() => undefined)
  return answer?.status === 200 ? answer.body : undefined
}

export async function untilStep(shop: AnyShop, id: string, step: string): Promise<void> {
  await until(`${id} is at ${step}`, async () => (await find(shop, `/orders/${id}/checkout`))?.step === step)
}

/** Waits until the checkout has ended, well or not. */
export async function untilSettled(shop: AnyShop, id: string, timeout = 60_000): Promise<Order> {
  let order: Order | undefined
  const isSettled = async () => {
    order = await find(shop, `/orders/${id}`)
    return order !== undefined && order.status !== 'placed'
  }
  await until(`${id} is settled`, isSettled, timeout)
  return order as Order
}

/** What every part of the shop knows of an order; each undefined where nothing is known. */
export async function books(shop: AnyShop, id: string) {
  const of = async (path: string) => (await find(shop, path))?.status
  const [reservation, payment, shipment, history] = await Promise.all([
    of(`/reservations/${id}`),
    of(`/payments/${id}`),
    of(`/shipments/${id}`),
    find(shop, `/orders/${id}/history`),
  ])
  // afterwards: what payments tells has happened there by then
  const charges = await provider(shop).charges(id)
  const events = ((history ?? []) as { type: string }[]).map(({ type }) => type)
  const money = charges.map(({ amountCents: _, id: __, reference: ___, ...charge }) => charge)
  return { reservation, payment, shipment, events, money, charges }
}

export type Books = Awaited<ReturnType<typeof books>>

/** Waits until what follows from the order's events is done too. */
export async function untilBooks(
  shop: AnyShop,
  id: string,
  isDone: (found: Books) => boolean,
): Promise<Books> {
  let found: Books | undefined
  const condition = async () => {
    found = await books(shop, id)
    return isDone(found)
  }
  await until(`the books of ${id} are closed`, condition).catch(error => {
    throw new Error(`${error.message}: ${JSON.stringify(found)}`)
  })
  return found as Books
}

/** The stand-in for the company that moves the money. */
export function provider(shop: AnyShop) {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await shop.askProvider(method, path, body)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
    return await answer.json().catch(() => undefined)
  }

  return {
    /** Holds every order that asks for money: longer than anybody waits for an answer. */
    stall: () => call('PUT', '/v1/faults', { delayMs: 10_000 }),
    goOn: () => call('DELETE', '/v1/faults'),
    charges: async (orderId: string) => (await call('GET', `/v1/charges?reference=${orderId}`)) as Charge[],
  }
}

/** Sends a signal to a part of the shop. */
export function signal(shop: Shop, part: string, name: NodeJS.Signals): void {
  const pid = shop.pids()[part]
  if (pid === undefined) throw new Error(`${part} is not running`)
  process.kill(pid, name)
}

/** Kills with SIGKILL, held or not, and waits until it runs again as another process. */
export async function kill(shop: Shop, part: string): Promise<void> {
  await until(`${part} runs`, () => shop.pids()[part] !== undefined)
  const before = shop.pids()[part]
  signal(shop, part, 'SIGKILL')
  await until(`${part} runs again`, () => ![before, undefined].includes(shop.pids()[part]))
}
