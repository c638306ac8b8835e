import { createLogger } from '@shop/chassis/logger'
import { createInbox } from '@shop/journal/inbox'
import { startProjector } from '@shop/journal/projector'
import { createApp, type Dependencies } from '../src/app.ts'
import { orderViewOf } from '../src/order-view.ts'
import { createStore } from '../src/store.ts'
import { temporaryOrders } from './databases.ts'
import { at, current, goods, orderIdOf } from './orders.ts'

/** The app on a database of its own, with prices that are always the same. */
export async function openApp(changes: Partial<Dependencies> = {}) {
  const opened = await temporaryOrders()
  const { journal } = opened
  const log = createLogger('orders', 'silent')
  const store = createStore({ journal, current, now: () => new Date(at) })
  const projection = orderViewOf(journal.tables.orderViews)
  const projector = startProjector({
    journal,
    projection,
    onError: err => log.warn({ err }, 'cannot project'),
  })
  const { lines, totalCents, shippingCents } = goods
  let ids = 0
  const app = createApp({
    log,
    appId: 'orders',
    journal,
    store,
    inbox: createInbox({ journal, pubsub: 'pubsub', appId: 'orders', log }),
    projectors: { orders: projector },
    quote: async () => ({ lines, totalCents }),
    quoteShipping: async () => shippingCents,
    projected: projector.reached,
    findCheckout: async () => undefined,
    newId: () => {
      ids += 1
      return orderIdOf(ids)
    },
    ...changes,
  })

  async function send(method: string, path: string, { body, headers = {} }: SendOptions = {}) {
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = await app.handle(request)
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as unknown }
  }

  return {
    app,
    send,
    store,
    journal,
    projector,
    async [Symbol.asyncDispose]() {
      await projector.stop()
      await opened[Symbol.asyncDispose]()
    },
  }
}

interface SendOptions {
  body?: unknown
  headers?: Record<string, string>
}
