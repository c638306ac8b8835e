import { afterEach, expect, test } from 'bun:test'
import { createHttp } from './http.ts'
import { createShopClient } from './shop-client.ts'

const fast = { retries: 3, minTimeout: 1, maxTimeout: 1 }
const order = { number: 1, key: 'run-1', customerId: 'ALFKI', lines: [{ productId: 1, quantity: 2 }] }

let server: Bun.Server<undefined> | undefined
afterEach(() => server?.stop(true))

/** Serves the answers one after another, the last one again and again; gives the requests it saw. */
function serve(...answers: { status?: number; body?: unknown }[]) {
  const seen: { key: string | null; body: string }[] = []
  const last = answers.length - 1
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      seen.push({ key: request.headers.get('idempotency-key'), body: await request.text() })
      const { status = 200, body = {} } = answers[Math.min(seen.length - 1, last)] ?? {}
      return Response.json(body, { status })
    },
  })
  return { seen, origin: server.url.origin }
}

for (const status of [429, 502, 503, 504]) {
  test(`${status} is tried again`, async () => {
    const { origin, seen } = serve({ status }, { body: { fine: true } })
    expect(await createHttp(origin, fast)('/x')).toEqual({ status: 200, body: { fine: true }, retries: 1 })
    expect(seen).toHaveLength(2)
  })
}

for (const status of [400, 404, 422, 500]) {
  test(`${status} is an answer`, async () => {
    const { origin, seen } = serve({ status, body: { code: 'some-code' } })
    expect(await createHttp(origin, fast)('/x')).toEqual({ status, body: { code: 'some-code' }, retries: 0 })
    expect(seen).toHaveLength(1)
  })
}

test('retries end, and say what failed last', async () => {
  const { origin, seen } = serve({ status: 503 })
  await expect(createHttp(origin, fast)('/x')).rejects.toThrow(`GET ${origin}/x: answered 503`)
  expect(seen).toHaveLength(4)
})

test('a refused connection is tried again until retries end', async () => {
  const { origin } = serve({ body: {} })
  await server?.stop(true)
  await expect(createHttp(origin, fast)('/x')).rejects.toThrow(`GET ${origin}/x: `)
})

test('an order is sent again with the same key and body', async () => {
  const found = { ...order, id: 'id-1', status: 'placed', lines: [], totalCents: 0 }
  const { origin, seen } = serve({ status: 503 }, { status: 200, body: found })
  const { answer, retries } = await createShopClient(createHttp(origin, fast)).placeOrder(order)
  expect(answer).toMatchObject({ kind: 'accepted', order: { id: 'id-1' } })
  expect(retries).toBe(1)
  expect(seen[0]).toEqual({
    key: 'run-1',
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 1, quantity: 2 }] }),
  })
  expect(seen[1]).toEqual(seen[0])
})

test('a refusal keeps its status and code', async () => {
  const { origin } = serve({ status: 422, body: { code: 'product-discontinued' } })
  const { answer } = await createShopClient(createHttp(origin, fast)).placeOrder(order)
  expect(answer).toEqual({ kind: 'refused', status: 422, code: 'product-discontinued' })
})

test('an accepted order of another shape is not taken for one', async () => {
  const { origin } = serve({ status: 202, body: { id: 'id-1' } })
  const { answer } = await createShopClient(createHttp(origin, fast)).placeOrder(order)
  expect(answer).toMatchObject({ kind: 'unclear', problem: expect.stringContaining('another shape') })
})

test('an answer of 500 leaves the order unclear', async () => {
  const { origin } = serve({ status: 500, body: { code: 'internal' } })
  const { answer } = await createShopClient(createHttp(origin, fast)).placeOrder(order)
  expect(answer).toEqual({ kind: 'unclear', problem: 'answered 500 internal' })
})

test('what cannot be read says why', async () => {
  const { origin } = serve({ status: 404, body: { code: 'order-unknown' } })
  const read = await createShopClient(createHttp(origin, fast)).order('a b')
  expect(read).toEqual({ problem: 'GET /orders/a%20b answered 404 order-unknown' })
})

test('a shop that is gone gets one attempt at a time until it answers', async () => {
  const gone = [503, 503, 503, 503, 503].map(status => ({ status }))
  const { origin, seen } = serve(...gone, { body: { fine: true } }, { status: 503 }, { body: { fine: true } })
  const http = createHttp(origin, fast)
  await expect(http('/a')).rejects.toThrow('answered 503')
  expect(seen).toHaveLength(4)
  await expect(http('/b')).rejects.toThrow('answered 503')
  expect(seen).toHaveLength(5)
  expect(await http('/c')).toMatchObject({ status: 200, retries: 0 })
  expect(await http('/d')).toMatchObject({ status: 200, retries: 1 })
})
