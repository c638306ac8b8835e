import { expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { ConflictError } from '@shop/journal/conflict'
import { onEachDialect, type TemporaryStore } from '../test/temporary-store.ts'
import { createApp } from './app.ts'
import { seed } from './seed.ts'

const northwind = 'data/northwind'

async function send({ store }: TemporaryStore, method: string, path: string, body?: unknown) {
  const app = createApp({ log: createLogger('catalog', 'silent'), store })
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await app.handle(
    new Request(`http://localhost${path}`, { method, ...(body !== undefined && json) }),
  )
  return { status: answer.status, body: (await answer.json()) as never }
}

onEachDialect(open => {
  test('the catalogue is seeded from Northwind, once', async () => {
    await using opened = await open()
    const { store } = opened
    expect(await seed(store, northwind)).toBe(77)
    expect(await seed(store, northwind)).toBe(0)
    const { body } = await send(opened, 'GET', '/products')
    expect(body).toHaveLength(77)
    expect(body[2]).toEqual({
      id: 3,
      name: 'Aniseed Syrup',
      category: 'Condiments',
      quantityPerUnit: '12 - 550 ml bottles',
      unitPriceCents: 1000,
      discontinued: false,
    } as never)
  })

  test('two replicas that start at once fill it once', async () => {
    await using opened = await open()
    const added = await Promise.all([opened.store, opened.replica].map(store => seed(store, northwind)))
    expect(added.sort()).toEqual([0, 77])
  })

  test('what is added is added whole or not at all', async () => {
    await using opened = await open()
    const { store } = opened
    const product = {
      id: 1,
      name: 'Chai',
      category: 'Tea',
      quantityPerUnit: '1',
      unitPriceCents: 1,
      discontinued: false,
    }
    await expect(store.add([product, product])).rejects.toThrow(ConflictError)
    expect(await store.isEmpty()).toBe(true)
  })

  test('one product', async () => {
    await using opened = await open()
    const { store } = opened
    await seed(store, northwind)
    expect(await send(opened, 'GET', '/products/5')).toMatchObject({
      status: 200,
      body: { id: 5, discontinued: true },
    })
    expect(await send(opened, 'GET', '/products/78')).toMatchObject({
      status: 404,
      body: { code: 'product-unknown' },
    })
    for (const id of ['0', '-1', 'x', '1.5', '1e3']) {
      expect(await send(opened, 'GET', `/products/${id}`)).toMatchObject({
        status: 422,
        body: { code: 'invalid-request' },
      })
    }
  })

  test('a quote', async () => {
    await using opened = await open()
    const { store } = opened
    await seed(store, northwind)
    const line = (productId: number, quantity = 1) => ({ productId, quantity })
    expect(await send(opened, 'POST', '/quotes', { lines: [line(3, 2), line(4)] })).toEqual({
      status: 200,
      body: {
        lines: [
          { productId: 3, quantity: 2, unitPriceCents: 1000 },
          { productId: 4, quantity: 1, unitPriceCents: 2200 },
        ],
        totalCents: 4200,
      } as never,
    })
    expect(await send(opened, 'POST', '/quotes', { lines: [line(3), line(99)] })).toMatchObject({
      status: 422,
      body: { code: 'product-unknown', productIds: [99], detail: 'Cannot be ordered: 99.' },
    })
    expect(await send(opened, 'POST', '/quotes', { lines: [line(1e300)] })).toMatchObject({
      status: 422,
      body: { code: 'product-unknown' },
    })
    expect(await send(opened, 'POST', '/quotes', { lines: [line(5)] })).toMatchObject({
      status: 422,
      body: { code: 'product-discontinued' },
    })
    for (const lines of [
      [],
      [line(1, 0)],
      [line(1, 10_001)],
      [line(1, 1.5)],
      Array(101).fill(line(1)),
      undefined,
    ]) {
      expect(await send(opened, 'POST', '/quotes', { lines })).toMatchObject({
        status: 422,
        body: { code: 'invalid-body' },
      })
    }
  })
})
