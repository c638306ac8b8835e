import { expect, test } from 'bun:test'
import type { Reservation } from '@shop/inventory-contract'
import { decide, evolve, type ReservationCommand, ReservationRefused } from './reservation.ts'

const orderId = '00000000-0000-7000-8000-000000000001'
const at = '2026-01-02T03:04:05.000Z'
const expiresAt = '2026-01-02T03:19:05.000Z'
const line = (productId: number, quantity: number) => ({ productId, quantity })
const units = { 1: 3, 2: 5 }
const reserve: ReservationCommand = { command: 'reserve', lines: [line(1, 1), line(2, 2)] }
const fulfil: ReservationCommand = { command: 'fulfil', lines: reserve.lines }
const release: ReservationCommand = { command: 'release' }
const restock: ReservationCommand = { command: 'restock' }
const expire: ReservationCommand = { command: 'expire' }

function after(
  commands: ReservationCommand[],
  { available = units as Record<number, number>, now = at } = {},
) {
  let reservation: Reservation | undefined
  const events: unknown[] = []
  for (const command of commands) {
    const event = decide(command, reservation, {
      orderId,
      at: now,
      expiresAt,
      available: productId => available[productId] ?? 0,
    })
    if (!event) continue
    reservation = evolve(event)
    events.push([event.type, event.version, event.previous])
  }
  return { reservation, events }
}

const reserved = ['stock-reserved', 1, 0]
const released = ['stock-released', 1, 0]
const fulfilled = ['stock-fulfilled', 2, 1]

test('all units are kept when all are there, until a time', () => {
  expect(after([reserve])).toEqual({
    reservation: { orderId, status: 'reserved', lines: reserve.lines, expiresAt, version: 1 },
    events: [reserved],
  })
})

test.each([
  ['one unit short', [line(1, 4)]],
  ['one of two products short', [line(2, 1), line(1, 4)]],
  ['short only in sum', [line(1, 2), line(1, 2)]],
  ['no such product', [line(9, 1)]],
])('nothing is kept: %s', (_, lines) => {
  expect(after([{ command: 'reserve', lines }])).toEqual({
    reservation: { orderId, status: 'rejected', reason: 'insufficient-stock', lines: [], version: 1 },
    events: [['stock-rejected', 1, 0]],
  })
})

test('more in sum than a line can have is refused, however much there is', () => {
  const lines = [line(1, 1_000_000), line(1, 1)]
  const available = { 1: 5_000_000 }
  expect(after([{ command: 'reserve', lines }], { available }).reservation).toMatchObject({
    status: 'rejected',
    reason: 'quantity-too-large',
  })
})

test('two lines of a product are kept as one, in the order of the products', () => {
  const lines = [line(2, 1), line(1, 1), line(2, 2)]
  expect(after([{ command: 'reserve', lines }]).reservation?.lines).toEqual([line(1, 1), line(2, 3)])
})

test.each([
  ['asked for again', [reserve, reserve], 'reserved', [reserved]],
  ['given back', [reserve, release, release], 'released', [reserved, ['stock-released', 2, 1]]],
  [
    'of a cancelled order that had it still',
    [reserve, restock],
    'released',
    [reserved, ['stock-released', 2, 1]],
  ],
  ['fulfilled', [reserve, fulfil, fulfil], 'fulfilled', [reserved, fulfilled]],
  [
    'restocked',
    [reserve, fulfil, restock, restock, release, fulfil, reserve],
    'restocked',
    [reserved, fulfilled, ['stock-restocked', 3, 2]],
  ],
  ['called off before it was asked for', [release, reserve, expire], 'released', [released]],
  ['of an order that was cancelled without one', [restock, reserve], 'released', [released]],
  ['not due yet', [reserve, expire], 'reserved', [reserved]],
  ['nothing, and does not expire', [expire], undefined, []],
])('one that is %s', (_, commands, status, events) => {
  const result = after(commands)
  expect(result.reservation?.status).toBe(status as never)
  expect(result.events).toEqual(events as never)
})

test('it expires once its time has come, and keeps its lines as they were', () => {
  const { reservation, events } = after([reserve, expire, expire, release], { now: expiresAt })
  expect(reservation).toEqual({ orderId, status: 'expired', lines: reserve.lines, version: 2 })
  expect(events).toEqual([reserved, ['stock-expired', 2, 1]])
})

test('units that have left are not given back by a release', () => {
  expect(() => after([reserve, fulfil, release])).toThrow(
    expect.objectContaining({ code: 'reservation-fulfilled' }),
  )
})

test.each([
  ['expired', [reserve, expire]],
  ['was released', [reserve, release]],
  ['was called off', [release]],
  ['was rejected', [{ command: 'reserve', lines: [line(9, 1)] } as ReservationCommand]],
  ['was never made', []],
])('an order that is confirmed although its reservation %s takes what is there', (_, commands) => {
  const before = after(commands, { now: expiresAt }).events.length
  const { reservation, events } = after([...commands, fulfil], { now: expiresAt })
  expect(reservation).toEqual({ orderId, status: 'fulfilled', lines: reserve.lines, version: before + 1 })
  expect(events.at(-1)).toEqual(['stock-fulfilled', before + 1, before])
})

test('it takes nothing when one product is short', () => {
  const short: ReservationCommand = { command: 'fulfil', lines: [line(1, 1), line(2, 6)] }
  expect(() => after([release, short])).toThrow(ReservationRefused)
  expect(() => after([release, short])).toThrow(expect.objectContaining({ code: 'units-missing' }))
})
