import { describe, expect, test } from 'bun:test'
import { chargeOf, openServer } from '../test/open-server.ts'

test('a charge is authorised, taken, given back, and read', async () => {
  using server = openServer()
  const { call, post } = server
  const made = await post('/v1/charges', 'k1', chargeOf('order-1'))
  const { id } = made.body
  expect(id).toStartWith('ch_')
  const held = {
    id,
    reference: 'order-1',
    status: 'authorised',
    amountCents: 500,
    capturedCents: 0,
    refundedCents: 0,
  }
  expect(made).toEqual({ status: 200, body: held })
  expect(await post(`/v1/charges/${id}/captures`, 'k2', { amountCents: 500 })).toEqual({
    status: 200,
    body: { ...held, capturedCents: 500 },
  })
  const refunded = { ...held, capturedCents: 500, refundedCents: 200 }
  expect(await post(`/v1/charges/${id}/refunds`, 'k3', { amountCents: 200 })).toEqual({
    status: 200,
    body: refunded,
  })
  expect(await call('GET', `/v1/charges/${id}`)).toEqual({ status: 200, body: refunded })
})

test('a card that says no is an answer', async () => {
  using server = openServer()
  expect(await server.post('/v1/charges', 'k1', chargeOf('order-1', { card: 'tok_declined' }))).toMatchObject(
    {
      status: 200,
      body: { status: 'declined', reason: 'card-declined' },
    },
  )
})

test('charges are listed, of one reference or all, the oldest first', async () => {
  using server = openServer()
  const ids: string[] = []
  for (const [index, reference] of ['order-1', 'order-2', 'order-1'].entries()) {
    ids.push((await server.post('/v1/charges', `k${index}`, chargeOf(reference))).body.id)
  }
  async function listed(query: string) {
    return (await server.call('GET', `/v1/charges${query}`)).body.map(({ id }: { id: string }) => id)
  }
  expect(await listed('')).toEqual(ids)
  expect(await listed('?reference=order-1')).toEqual([ids[0], ids[2]])
  expect(await listed('?reference=order-3')).toEqual([])
  expect(await listed(`?after=${ids[0]}`)).toEqual(ids.slice(1))
})

describe('an idempotency key', () => {
  test('answers the first answer again, whatever has happened since', async () => {
    using server = openServer()
    const first = await server.post('/v1/charges', 'k1', chargeOf('order-1'))
    await server.post(`/v1/charges/${first.body.id}/void`, 'k2')
    expect(await server.post('/v1/charges', 'k1', chargeOf('order-1'))).toEqual(first)
    expect((await server.call('GET', '/v1/charges')).body).toHaveLength(1)
  })

  test('is one also when requests come at once', async () => {
    using server = openServer()
    await server.call('PUT', '/v1/faults', { delayMs: 5 })
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => server.post('/v1/charges', 'k1', chargeOf('order-1'))),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await server.call('GET', '/v1/charges')).body).toHaveLength(1)
  })

  test('that came with another request is refused', async () => {
    using server = openServer()
    const { id } = (await server.post('/v1/charges', 'k1', chargeOf('order-1'))).body
    const refusal = { status: 422, body: { code: 'idempotency-key-reused' } }
    expect(await server.post('/v1/charges', 'k1', chargeOf('order-1', { amountCents: 1 }))).toMatchObject(
      refusal,
    )
    expect(await server.post(`/v1/charges/${id}/void`, 'k1')).toMatchObject(refusal)
  })

  test('of a request that was refused may be used again', async () => {
    using server = openServer()
    const { id } = (await server.post('/v1/charges', 'k1', chargeOf('order-1'))).body
    const tooMuch = await server.post(`/v1/charges/${id}/captures`, 'k2', { amountCents: 501 })
    expect(tooMuch).toMatchObject({ status: 409, body: { code: 'capture-exceeds-charge' } })
    expect(await server.post(`/v1/charges/${id}/captures`, 'k2', { amountCents: 500 })).toMatchObject({
      status: 200,
    })
  })

  test('has to be there', async () => {
    using server = openServer()
    expect(await server.call('POST', '/v1/charges', chargeOf('order-1'))).toMatchObject({
      status: 422,
      body: { code: 'invalid-request' },
    })
  })
})

const unknown = 'ch_00000000-0000-7000-8000-000000000000'

test.each([
  ['POST', '/v1/charges', chargeOf('order-1', { currency: 'EUR' }), 422, 'invalid-body'],
  ['POST', '/v1/charges', chargeOf('order-1', { card: '4242424242424242' }), 422, 'invalid-body'],
  ['POST', `/v1/charges/${unknown}/captures`, { amountCents: 1 }, 404, 'charge-unknown'],
  ['GET', `/v1/charges/${unknown}`, undefined, 404, 'charge-unknown'],
  ['GET', '/v1/refunds', undefined, 404, 'not-found'],
])('%s %s with %j is a %d', async (method, path, body, status, code) => {
  using server = openServer()
  const answer = await server.call(method, path, body, { 'idempotency-key': 'k1' })
  expect(answer).toMatchObject({ status, body: { code } })
})

test.each([
  ['GET', '/v1/charges', ''],
  ['GET', '/v1/charges', 'Bearer t3s'],
  ['GET', '/v1/charges', 't3st'],
  ['PUT', '/v1/faults', 'Bearer other'],
  ['GET', '/nothing', 'Bearer other'],
])('%s %s with the key %j is a 401', async (method, path, authorization) => {
  using server = openServer()
  expect(await server.call(method, path, undefined, { authorization })).toMatchObject({
    status: 401,
    body: { code: 'unauthorised' },
  })
})

test('health needs no key', async () => {
  using server = openServer()
  expect(await server.call('GET', '/healthz', undefined, { authorization: '' })).toEqual({
    status: 200,
    body: 'ok',
  })
})
