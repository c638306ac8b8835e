import { expect, test } from 'bun:test'
import { chargeOf, openServer } from '../test/open-server.ts'

type Server = ReturnType<typeof openServer>

async function statuses({ post }: Server, count: number): Promise<number[]> {
  const seen: number[] = []
  for (let index = 0; index < count; index += 1) {
    seen.push((await post('/v1/charges', 'k1', chargeOf('order-1'))).status)
  }
  return seen
}

test.each([
  [{ failNext: 2 }, [503, 503, 200, 200]],
  [{ failEvery: 2 }, [200, 503, 200, 503]],
  [{ loseAnswerEvery: 3 }, [200, 200, 500, 200]],
  [{ failNext: 1, loseAnswerEvery: 1 }, [503, 500, 500, 500]],
])('%j answers %j', async (plan, expected) => {
  using server = openServer()
  expect(await server.call('PUT', '/v1/faults', plan)).toEqual({ status: 200, body: plan })
  expect(await statuses(server, 4)).toEqual(expected)
})

test('of an answer that is lost the work is done, of a request that fails it is not', async () => {
  using server = openServer()
  await server.call('PUT', '/v1/faults', { loseAnswerEvery: 1 })
  await statuses(server, 2)
  await server.call('PUT', '/v1/faults', { failNext: 1 })
  await server.post('/v1/charges', 'k2', chargeOf('order-2'))
  expect(await server.call('DELETE', '/v1/faults')).toEqual({ status: 204, body: '' })
  expect((await server.call('GET', '/v1/charges')).body).toMatchObject([{ reference: 'order-1' }])
})

test('answers can be made to wait', async () => {
  using server = openServer()
  await server.call('PUT', '/v1/faults', { delayMs: 60 })
  const begun = performance.now()
  expect(await statuses(server, 1)).toEqual([200])
  expect(performance.now() - begun).toBeGreaterThanOrEqual(59)
})

test('a plan that is none is refused', async () => {
  using server = openServer()
  expect(await server.call('PUT', '/v1/faults', { failEvery: 0 })).toMatchObject({ status: 422 })
})
