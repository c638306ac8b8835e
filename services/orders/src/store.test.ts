import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { ConflictError } from '@shop/journal/conflict'
import type { Journal } from '@shop/journal/journal'
import { startProjector } from '@shop/journal/projector'
import { type Databases, dialects, startDatabases } from '@shop/local-postgres'
import { openOrders } from '../test/databases.ts'
import { at, current, facts, goods, orderIdOf } from '../test/orders.ts'
import { orderViewOf } from './order-view.ts'
import type { OrdersTables } from './schema.ts'
import { createStore } from './store.ts'

setDefaultTimeout(30_000)

describe.each(dialects)('on $name', ({ dialect, skip }) => {
  if (skip) return void test.skip('the store of orders', () => {})
  let databases: Databases

  beforeAll(async () => {
    databases = await startDatabases(dialect)
  }, 120_000)

  afterAll(async () => await databases[Symbol.asyncDispose]())

  async function open(url?: string) {
    const journal = await openOrders(url ?? (await databases.create()))
    const store = createStore({ journal, current, now: () => new Date(at) })
    const projection = orderViewOf(journal.tables.orderViews)
    const projector = startProjector({ journal, projection, onError: error => expect(error).toBeUndefined() })
    return {
      journal,
      store,
      projector,
      async [Symbol.asyncDispose]() {
        await projector.stop()
        await journal.close()
      },
    }
  }

  const request = { idempotencyKey: 'k1', digest: 'd1' }
  const id = orderIdOf(1)

  async function counts({ database, tables }: Journal<OrdersTables>) {
    const of = async (table: OrdersTables['events'] | OrdersTables['outbox'] | OrdersTables['workflows']) =>
      (await database.select().from(table as OrdersTables['events'])).length
    const { events, outbox, workflows } = tables
    return { events: await of(events), outbox: await of(outbox), workflows: await of(workflows) }
  }

  async function confirmed(store: ReturnType<typeof createStore>, order = id) {
    await store.place(order, goods, { ...request, idempotencyKey: order })
    for (const event of facts) await store.execute(order, { command: 'note', event })
    return await store.execute(order, { command: 'confirm' })
  }

  test('whether the shop has a shipping service is known from the last order that was shipped', async () => {
    await using opened = await open()
    const { store } = opened
    expect(await store.isShippedByService()).toBe(false)
    for (const [number, shipped, expected] of [
      [1, { trackingNumber: 'SP1' }, true],
      [2, {}, false],
      [3, { trackingNumber: 'SP2' }, true],
    ] as const) {
      await store.place(orderIdOf(number), goods, { ...request, idempotencyKey: `k${number}` })
      const event = { type: 'shipping-arranged' as const, ...shipped }
      await store.execute(orderIdOf(number), { command: 'note', event })
      expect(await store.isShippedByService()).toBe(expected)
    }
  })

  test('a placed order commits its event, its announcement, its checkout and its key together', async () => {
    await using opened = await open()
    const { journal, store, projector } = opened
    const placed = await store.place(id, goods, request)
    await projector.reached(placed?.position ?? 0)
    const order = { id, ...goods, status: 'placed' as const, placedAt: at, version: 1 }
    expect(await store.find(id)).toEqual(order)
    expect(await store.read(id)).toEqual(order)
    expect(await store.findRequest('k1')).toEqual({ ...request, orderId: id })
    const { outbox, workflows } = journal.tables
    expect(await journal.database.select().from(outbox)).toMatchObject([
      {
        topic: 'orders',
        key: id,
        data: { type: 'order-placed', orderId: id, version: 1, previous: 0, at, ...goods },
      },
    ])
    expect(await journal.database.select().from(workflows)).toMatchObject([
      { instanceId: id, workflow: 'checkout-v1', orderId: id, requestedAt: at, startedAt: null },
    ])
  })

  test('of many requests under one key at once, one places an order, and no other leaves anything', async () => {
    await using opened = await open()
    const { journal, store } = opened
    const attempts = Array.from({ length: 20 }, (_, index) => store.place(orderIdOf(index), goods, request))
    const placed = (await Promise.all(attempts)).filter(each => each !== undefined)
    expect(placed).toHaveLength(1)
    expect(await counts(journal)).toEqual({ events: 1, outbox: 1, workflows: 1 })
    expect(await store.place(orderIdOf(30), goods, request)).toBeUndefined()
  })

  test('many commands at once are decided one after the other', async () => {
    await using opened = await open()
    const { journal, store } = opened
    await store.place(id, goods, request)
    const notes = facts.flatMap(event => [event, event, event])
    await Promise.all(notes.map(event => store.execute(id, { command: 'note', event })))
    const confirmations = Array.from({ length: 5 }, () => store.execute(id, { command: 'confirm' }))
    await Promise.all(confirmations)
    expect(await counts(journal)).toEqual({ events: 5, outbox: 2, workflows: 1 })
    expect((await store.history(id)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5])
  })

  test('the checkout of a settled order needs no looking after; a cancelled one gets a workflow', async () => {
    await using opened = await open()
    const { journal, store } = opened
    await confirmed(store)
    const { workflows } = journal.tables
    expect(await journal.database.select().from(workflows)).toMatchObject([
      { instanceId: id, finishedAt: at },
    ])
    await store.execute(id, { command: 'cancel', reason: 'x' })
    await store.execute(id, { command: 'cancel', reason: 'y' })
    const rows = await journal.database.select().from(workflows).orderBy(workflows.instanceId)
    expect(rows).toMatchObject([
      { instanceId: id, workflow: 'checkout-v1' },
      { instanceId: `${id}-cancelled`, workflow: 'cancellation-v1', orderId: id, finishedAt: null },
    ])
  })

  test('a refused command leaves nothing', async () => {
    await using opened = await open()
    const { journal, store } = opened
    await store.place(id, goods, request)
    const before = await counts(journal)
    await expect(store.execute(id, { command: 'confirm' })).rejects.toMatchObject({
      code: 'checkout-incomplete',
    })
    await expect(store.execute(orderIdOf(9), { command: 'confirm' })).rejects.toMatchObject({
      code: 'order-unknown',
    })
    expect(await counts(journal)).toEqual(before)
  })

  test('the change that an event causes is for the inbox to commit, and fails when another was faster', async () => {
    await using opened = await open()
    const { journal, store } = opened
    await store.place(id, goods, request)
    const change = await store.decide(id, { command: 'note', event: { type: 'stock-expired' } })
    await store.execute(id, { command: 'note', event: { type: 'stock-reserved' } })
    await expect(journal.commit(change ?? {})).rejects.toBeInstanceOf(ConflictError)
    const again = await store.decide(id, { command: 'note', event: { type: 'stock-expired' } })
    expect(await journal.commit(again ?? {})).toMatchObject({ status: 'committed' })
    expect(await store.decide(id, { command: 'note', event: { type: 'stock-expired' } })).toBeUndefined()
  })

  test('lists a customer’s orders, the newest first, page by page', async () => {
    await using opened = await open()
    const { store, projector } = opened
    let last = 0
    for (let number = 1; number <= 5; number += 1) {
      const customerId = number === 3 ? 'ANATR' : 'ALFKI'
      const key = { idempotencyKey: `${number}`, digest: '' }
      const placed = await store.place(orderIdOf(number), { ...goods, customerId }, key)
      last = placed?.position ?? last
    }
    await projector.reached(last)
    const list = async (before?: string) => {
      const query = { customerId: 'ALFKI', limit: 2, ...(before !== undefined && { before }) }
      return (await store.list(query)).map(({ id }) => id)
    }
    expect(await list()).toEqual([orderIdOf(5), orderIdOf(4)])
    expect(await list(orderIdOf(4))).toEqual([orderIdOf(2), orderIdOf(1)])
    expect(await list(orderIdOf(1))).toEqual([])
  })

  test('what is not there is undefined, or empty', async () => {
    await using opened = await open()
    const { store } = opened
    expect(await store.find(id)).toBeUndefined()
    expect(await store.read(id)).toBeUndefined()
    expect(await store.findRequest('k')).toBeUndefined()
    expect(await store.history(id)).toEqual([])
  })

  test('it is all there when it is opened again', async () => {
    const url = await databases.create()
    let last = 0
    {
      await using opened = await open(url)
      last = (await confirmed(opened.store)).position ?? 0
    }
    await using again = await open(url)
    await again.projector.reached(last)
    expect((await again.store.load(id)).state).toMatchObject({ status: 'confirmed', version: 5 })
    expect(await again.store.find(id)).toMatchObject({ status: 'confirmed' })
  })

  if (dialect === 'postgres') {
    test('two replicas decide on one order as if they were one', async () => {
      const url = await databases.create()
      await using one = await open(url)
      await using other = await open(url)
      const stores = [one.store, other.store]
      const attempts = Array.from({ length: 20 }, (_, index) =>
        stores[index % 2]?.place(orderIdOf(index), goods, request),
      )
      const placed = (await Promise.all(attempts)).filter(each => each !== undefined)
      expect(placed).toHaveLength(1)
      const order = (await one.store.findRequest('k1'))?.orderId ?? ''
      const notes = facts.flatMap(event => stores.map(store => ({ store, event })))
      await Promise.all(notes.map(({ store, event }) => store.execute(order, { command: 'note', event })))
      await Promise.all(stores.map(store => store.execute(order, { command: 'confirm' })))
      expect(await counts(one.journal)).toEqual({ events: 5, outbox: 2, workflows: 1 })
    })
  }
})
