import { expect, test } from 'bun:test'
import { Reservation, ReservationEvent } from '@shop/inventory-contract'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { movements } from './movements.ts'
import { decide, evolve, type Line, type ReservationCommand, ReservationRefused } from './reservation.ts'

const products = [1, 2, 3]
const orderIdOf = (number: number) => `00000000-0000-7000-8000-00000000000${number}`
const timeOf = (minutes: number) => new Date(Date.UTC(2026, 0, 2, 3, minutes)).toISOString()
const keptForMinutes = 10

const lines = fc.array(
  fc.record({ productId: fc.integer({ min: 1, max: 4 }), quantity: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 1, maxLength: 4 },
)
const command: fc.Arbitrary<ReservationCommand> = fc.oneof(
  { weight: 3, arbitrary: lines.map(wanted => ({ command: 'reserve' as const, lines: wanted })) },
  { weight: 2, arbitrary: lines.map(wanted => ({ command: 'fulfil' as const, lines: wanted })) },
  fc.constantFrom(
    { command: 'release' as const },
    { command: 'expire' as const },
    { command: 'restock' as const },
  ),
)
const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), command, fc.nat(6)), { maxLength: 60 })
const opening = fc.array(fc.nat(40), { minLength: 3, maxLength: 3 })

/** Does one command after the other, with some minutes between them. */
function run(units: number[], sequence: [number, ReservationCommand, number][]) {
  const stock = new Map(products.map((id, index) => [id, { onHand: units[index] ?? 0, reserved: 0 }]))
  const reservations = new Map<string, Reservation>()
  const events: ReservationEvent[] = []
  let minutes = 0

  function available(productId: number): number {
    const { onHand = 0, reserved = 0 } = stock.get(productId) ?? {}
    return onHand - reserved
  }

  function apply(orderId: string, wanted: ReservationCommand): boolean {
    const before = reservations.get(orderId)
    const circumstances = {
      ...{ orderId, available },
      ...{ at: timeOf(minutes), expiresAt: timeOf(minutes + keptForMinutes) },
    }
    try {
      const event = decide(wanted, before, circumstances)
      if (!event) return false
      const after = evolve(event)
      for (const { productId, onHand, reserved } of movements(before, after)) {
        const level = stock.get(productId)
        if (!level) throw new Error(`there is no product ${productId}`)
        stock.set(productId, { onHand: level.onHand + onHand, reserved: level.reserved + reserved })
      }
      reservations.set(orderId, after)
      events.push(event)
      return true
    } catch (error) {
      if (!(error instanceof ReservationRefused)) throw error
      return false
    }
  }

  for (const [number, wanted, pause] of sequence) {
    minutes += pause
    apply(orderIdOf(number), wanted)
    expect(apply(orderIdOf(number), wanted)).toBe(false)
    checkBooks()
  }

  function checkBooks(): void {
    const all = [...reservations.values()]
    products.forEach((id, index) => {
      const { onHand, reserved } = stock.get(id) as { onHand: number; reserved: number }
      expect(reserved).toBe(sum(all, 'reserved', id))
      expect(onHand).toBe((units[index] ?? 0) - sum(all, 'fulfilled', id))
      expect(reserved).toBeWithin(0, onHand + 1)
    })
  }

  return { reservations, events }
}

function sum(all: Reservation[], status: Reservation['status'], id: number): number {
  const kept: Line[] = all.filter(reservation => reservation.status === status).flatMap(({ lines }) => lines)
  return kept.reduce((total, { productId, quantity }) => total + (productId === id ? quantity : 0), 0)
}

test('whatever is asked, in whatever order and twice: the books agree, and nothing falls below zero', () => {
  fc.assert(fc.property(opening, steps, (units, sequence) => void run(units, sequence)))
})

test('every change is one event that fits the contract, numbered without a gap', () => {
  fc.assert(
    fc.property(opening, steps, (units, sequence) => {
      const { reservations, events } = run(units, sequence)
      for (const [orderId, reservation] of reservations) {
        const own = events.filter(event => event.orderId === orderId)
        expect(own.map(({ version }) => version)).toEqual(own.map((_, index) => index + 1))
        expect(own.map(({ previous }) => previous)).toEqual(own.map((_, index) => index))
        expect(reservation.version).toBe(own.length)
        expect(Value.Check(Reservation, reservation)).toBe(true)
        expect(reservation.expiresAt !== undefined).toBe(reservation.status === 'reserved')
      }
      expect(events.every(event => Value.Check(ReservationEvent, event))).toBe(true)
    }),
  )
})
