import { createLogger } from '@shop/chassis/logger'
import { createInbox } from '@shop/journal/inbox'
import { createApp } from '../src/app.ts'
import { line, orderIdOf, temporaryStore } from './temporary-store.ts'

/** The whole app without a sidecar, on a store of its own with ten units each of the products 1 and 2. */
export async function temporaryApp() {
  const opened = await temporaryStore()
  const { journal, store } = opened
  await store.add([1, 2].map(productId => ({ productId, onHand: 10 })))
  const logged: { level: string; message: string }[] = []
  const note = (level: string) => (_: object, message: string) => void logged.push({ level, message })
  const log = { ...createLogger('inventory', 'silent'), error: note('error'), warn: note('warn') }
  const noted = { info: note('info'), warn: note('warn'), error: note('error') }
  const appId = 'inventory'
  const inbox = createInbox({ journal, pubsub: 'pubsub', appId, log: noted })
  const app = createApp({ log: log as never, appId, journal, store, inbox })

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await app.handle(
      new Request(`http://localhost${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    )
    return { status: answer.status, body: (await answer.json()) as never }
  }

  /** Delivers as the sidecar does. Returns what it is told to do with the event. */
  async function deliver(event: Event, topic = event.topic): Promise<string | number> {
    const type = { 'content-type': 'application/cloudevents+json' }
    const { status, body } = await call('POST', `/events/pubsub/${topic}`, event, type)
    return status === 200 ? (body as { status: string }).status : status
  }

  return { ...opened, inbox, logged, call, deliver, [Symbol.asyncDispose]: opened[Symbol.asyncDispose] }
}

type Event = ReturnType<typeof cloudEvent>

/** A CloudEvent as daprd delivers it. */
export function cloudEvent<Data>(topic: string, id: string, data: Data) {
  const envelope = { source: 'orders', type: 'com.dapr.event.sent', specversion: '1.0' }
  return { ...envelope, id, topic, pubsubname: 'pubsub', data }
}

type Kind = 'placed' | 'confirmed' | 'rejected' | 'cancelled'

/** An event of the first order, of four units of the first product, as it is published. */
export function orderEvent(kind: Kind, version: number, previous: number, quantity = 4) {
  const goods = {
    customerId: 'ALFKI',
    lines: [{ ...line(1, quantity), unitPriceCents: 100 }],
    totalCents: quantity * 100,
    shippingCents: 0,
  }
  const data = {
    ...{ type: `order-${kind}`, orderId: orderIdOf(1), version, previous, at: '2026-01-02T03:04:05.000Z' },
    ...(kind !== 'rejected' && goods),
    ...((kind === 'rejected' || kind === 'cancelled') && { reason: 'because' }),
  }
  return cloudEvent('orders', `orders-${version}`, data)
}
