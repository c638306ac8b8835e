import { expect, test } from 'bun:test'
import { temporaryApp } from '../test/temporary-app.ts'
import { line, orderIdOf } from '../test/temporary-store.ts'

const orderId = orderIdOf(1)
const body = { orderId, lines: [line(1, 4), line(2, 1)] }
const level = (productId: number, onHand: number, reserved: number) => ({
  ...{ productId, onHand, reserved, available: onHand - reserved },
})

test('units are kept, read and given back', async () => {
  await using app = await temporaryApp()
  const reserved = { ...body, status: 'reserved', expiresAt: '2026-01-02T03:19:05.000Z', version: 1 }
  expect(await app.call('POST', '/reservations', body)).toEqual({ status: 200, body: reserved as never })
  expect(await app.call('POST', '/reservations', body)).toEqual({ status: 200, body: reserved as never })
  expect(await app.call('GET', `/reservations/${orderId}`)).toEqual({ status: 200, body: reserved as never })
  expect((await app.call('GET', '/stock')).body).toEqual([level(1, 10, 4), level(2, 10, 1)] as never)
  expect((await app.call('GET', '/stock/1')).body).toEqual(level(1, 10, 4) as never)

  const released = { ...body, status: 'released', version: 2 }
  for (let time = 0; time < 2; time += 1) {
    expect(await app.call('DELETE', `/reservations/${orderId}`)).toEqual({
      status: 200,
      body: released as never,
    })
  }
  expect((await app.call('GET', '/stock/1')).body).toEqual(level(1, 10, 0) as never)
})

test('too few units are an answer, not an error', async () => {
  await using app = await temporaryApp()
  expect(await app.call('POST', '/reservations', { orderId, lines: [line(1, 11)] })).toMatchObject({
    status: 200,
    body: { status: 'rejected', reason: 'insufficient-stock', lines: [] },
  })
})

test('one that is called off first keeps nothing when it is asked for', async () => {
  await using app = await temporaryApp()
  const released = { status: 200, body: { orderId, status: 'released', lines: [], version: 1 } as never }
  expect(await app.call('DELETE', `/reservations/${orderId}`)).toEqual(released)
  expect(await app.call('POST', '/reservations', body)).toEqual(released)
})

test('units that have left are not given back', async () => {
  await using app = await temporaryApp()
  await app.store.execute(orderId, { command: 'fulfil', lines: body.lines })
  expect(await app.call('DELETE', `/reservations/${orderId}`)).toMatchObject({
    status: 409,
    body: { code: 'reservation-fulfilled' },
  })
})

test('a delivery is added once for each key', async () => {
  await using app = await temporaryApp()
  const arrive = (id: number | string, quantity: unknown, key?: string) =>
    app.call('POST', `/stock/${id}/deliveries`, { quantity }, key ? { 'idempotency-key': key } : {})

  expect(await arrive(1, 5, 'a')).toEqual({ status: 200, body: level(1, 15, 0) as never })
  expect(await arrive(1, 5, 'a')).toEqual({ status: 200, body: level(1, 15, 0) as never })
  const reused = { status: 422, body: { code: 'idempotency-key-reused' } }
  expect(await arrive(1, 6, 'a')).toMatchObject(reused)
  expect(await arrive(2, 5, 'a')).toMatchObject(reused)
  expect(await arrive(9, 5, 'b')).toMatchObject({ status: 404, body: { code: 'product-unknown' } })
  expect(await arrive(1, 5)).toMatchObject({ status: 422, body: { code: 'invalid-request' } })
  for (const quantity of [0, -1, 1.5, 1_000_001, '5']) {
    expect(await arrive(1, quantity, 'c')).toMatchObject({ status: 422, body: { code: 'invalid-body' } })
  }
  expect((await app.call('GET', '/stock')).body).toEqual([level(1, 15, 0), level(2, 10, 0)] as never)
})

test.each([
  ['/stock/99', 404, 'product-unknown'],
  ['/stock/9007199254740991', 404, 'product-unknown'],
  ['/stock/x', 422, 'invalid-request'],
  ['/reservations/x', 422, 'invalid-request'],
  [`/reservations/${orderId}`, 404, 'reservation-unknown'],
])('GET %s is a %d %s', async (path, status, code) => {
  await using app = await temporaryApp()
  expect(await app.call('GET', path)).toMatchObject({ status, body: { code } })
})

test.each([
  ['no line', { ...body, lines: [] }],
  ['no units', { ...body, lines: [line(1, 0)] }],
  ['no product', { ...body, lines: [line(0, 1)] }],
  ['too many lines', { ...body, lines: Array(101).fill(line(1, 1)) }],
  ['no id of an order', { ...body, orderId: 'x' }],
  ['no order', { lines: body.lines }],
])('what is asked for is refused: %s', async (_, wrong) => {
  await using app = await temporaryApp()
  expect(await app.call('POST', '/reservations', wrong)).toMatchObject({
    status: 422,
    body: { code: 'invalid-body' },
  })
})
