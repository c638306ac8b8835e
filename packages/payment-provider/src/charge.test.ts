import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { authorise, type Charge, ChargeRefused, capture, refund, voidCharge } from './charge.ts'

const request = { amountCents: 500, card: 'tok_ALFKI', reference: 'order-1' }
const held = authorise('ch_1', request)

function codeOf(change: () => unknown): unknown {
  try {
    return change()
  } catch (error) {
    if (error instanceof ChargeRefused) return error.code
    throw error
  }
}

test.each([
  ['tok_ALFKI', 500, 'authorised', undefined],
  ['tok_declined', 500, 'declined', 'card-declined'],
  ['tok_declined_ALFKI', 0, 'declined', 'card-declined'],
  ['tok_poor_500', 500, 'authorised', undefined],
  ['tok_poor_500', 501, 'declined', 'insufficient-funds'],
  ['tok_poor_x', 501, 'authorised', undefined],
])('%s and %d cents: %s %p', (card, amountCents, status, reason) => {
  expect(authorise('ch_1', { ...request, card, amountCents })).toEqual({
    id: 'ch_1',
    reference: 'order-1',
    status: status as Charge['status'],
    ...(reason !== undefined && { reason }),
    amountCents,
    capturedCents: 0,
    refundedCents: 0,
  })
})

test('what is held is taken in parts, and given back in parts', () => {
  const taken = capture(capture(held, 200), 300)
  expect(taken).toMatchObject({ status: 'authorised', capturedCents: 500, refundedCents: 0 })
  expect(refund(refund(taken, 1), 499)).toMatchObject({ capturedCents: 500, refundedCents: 500 })
})

describe('refused is', () => {
  const declined = authorise('ch_1', { ...request, card: 'tok_declined' })
  const voided = voidCharge(held)

  test.each([
    ['to take more than is held', () => capture(capture(held, 400), 101), 'capture-exceeds-charge'],
    ['to give back more than was taken', () => refund(capture(held, 400), 401), 'refund-exceeds-capture'],
    ['to let go of what was taken', () => voidCharge(capture(held, 1)), 'charge-captured'],
    ['to take what was let go', () => capture(voided, 1), 'charge-voided'],
    ['to take from a card that said no', () => capture(declined, 1), 'charge-declined'],
    ['to let go of what was never held', () => voidCharge(declined), 'charge-declined'],
  ])('%s', (_, change, code) => {
    expect(codeOf(change)).toBe(code)
  })
})

test('letting go twice is letting go once', () => {
  expect(voidCharge(voidCharge(held))).toEqual({ ...held, status: 'voided' })
})

test('whatever is asked: given back <= taken <= held, and nothing is taken of what was let go', () => {
  const cents = fc.integer({ min: 0, max: 600 })
  const change = fc.oneof(
    cents.map(amount => (charge: Charge) => capture(charge, amount)),
    cents.map(amount => (charge: Charge) => refund(charge, amount)),
    fc.constant(voidCharge),
  )
  fc.assert(
    fc.property(fc.array(change), changes => {
      let charge = held
      for (const apply of changes) {
        const next = codeOf(() => apply(charge))
        if (typeof next !== 'string') charge = next as Charge
        expect(charge.refundedCents).toBeLessThanOrEqual(charge.capturedCents)
        expect(charge.capturedCents).toBeLessThanOrEqual(charge.amountCents)
        if (charge.status === 'voided') expect(charge.capturedCents).toBe(0)
      }
    }),
  )
})
