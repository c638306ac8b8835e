import { afterEach, expect, test } from 'bun:test'
import { createHttp, TransientError } from './http.ts'
import { createServe } from './test/serve.ts'

const fast = { retries: 3, minTimeout: 1, maxTimeout: 1 }
const { serve, stop } = createServe()
afterEach(stop)

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
  await stop()
  await expect(createHttp(origin, fast)('/x')).rejects.toThrow(`GET ${origin}/x: `)
})

test('a request with a patience of its own gives up earlier, and says what was answered', async () => {
  const { origin, seen } = serve({ status: 503 }, { body: { fine: true } }, { status: 503 }, {})
  const http = createHttp(origin, fast)
  const failure = await http('/x', { patience: 0 }).catch(error => error)
  expect([failure instanceof TransientError, failure.status]).toEqual([true, 503])
  expect(seen).toHaveLength(1)
  await http('/y')
  // The others are as patient as before.
  expect(await http('/z')).toMatchObject({ status: 200, retries: 1 })
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
