import { expect, test } from 'bun:test'
import { startProjector } from '@shop/journal/projector'
import fc from 'fast-check'
import { temporaryOrders } from '../test/databases.ts'
import { at, current, facts, goods, orderIdOf } from '../test/orders.ts'
import { evolveView, orderViewOf } from './order-view.ts'
import { createStore } from './store.ts'

type Asked = Parameters<ReturnType<typeof createStore>['execute']>[1]

const asked: Asked[] = [
  ...facts.map((event): Asked => ({ command: 'note', event })),
  { command: 'note', event: { type: 'stock-expired' } },
  { command: 'confirm' },
  { command: 'reject', reason: 'payment-declined' },
  { command: 'cancel', reason: 'changed my mind' },
]

test('the read model that was kept up equals the one that is built anew, and what the events say', async () => {
  const orders = fc.array(fc.array(fc.constantFrom(...asked), { maxLength: 12 }), {
    minLength: 1,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(orders, async commands => {
      await using opened = await temporaryOrders()
      const { journal } = opened
      const store = createStore({ journal, current, now: () => new Date(at) })
      const projection = orderViewOf(journal.tables.orderViews)
      const projector = startProjector({
        journal,
        projection,
        onError: error => expect(error).toBeUndefined(),
      })
      let last = 0
      for (const [index, some] of commands.entries()) {
        const id = orderIdOf(index)
        const request = { idempotencyKey: id, digest: '' }
        last = (await store.place(id, goods, request))?.position ?? last
        for (const command of some) {
          const { position } = await store.execute(id, command).catch(() => ({ position: undefined }))
          last = position ?? last
        }
      }
      await projector.reached(last)
      const query = { customerId: goods.customerId, limit: 10 }
      const live = await store.list(query)
      expect(live).toHaveLength(commands.length)
      await projector.rebuild()
      expect(await store.list(query)).toEqual(live)
      for (const order of live) expect(await store.read(order.id)).toEqual(order)
      await projector.stop()
    }),
    { numRuns: 15 },
  )
})

test('a stream that does not begin with a placed order is told', () => {
  const event = { position: 1, stream: 's', version: 1, type: 'order-confirmed', schema: 1, data: {}, at }
  expect(() => evolveView(undefined, event)).toThrow('the stream s does not begin with order-placed')
})
