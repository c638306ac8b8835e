import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { after, at, facts, goods, orderIdOf, placed } from '../test/orders.ts'
import { type OrderCommand, type OrderHappened, OrderRuleError, order } from './order.ts'
import { publicEvents } from './public-events.ts'

const place: OrderCommand = { command: 'place', ...goods }
const confirm: OrderCommand = { command: 'confirm' }
const reject: OrderCommand = { command: 'reject', reason: 'payment-declined' }
const cancel: OrderCommand = { command: 'cancel', reason: 'changed my mind' }
const confirmed: OrderHappened = { type: 'order-confirmed' }
const rejected: OrderHappened = { type: 'order-rejected', reason: 'payment-declined' }
const cancelled: OrderHappened = { type: 'order-cancelled', reason: 'changed my mind' }
const expired: OrderHappened = { type: 'stock-expired' }
const failed: OrderHappened = { type: 'checkout-failed', reason: 'arrange-shipping-failed' }
const note = (event: OrderHappened) => ({ command: 'note', event }) as OrderCommand

type Case = [then: string, given: OrderHappened[], when: OrderCommand, OrderHappened[]]
type Refusal = [OrderRuleError['code'], string, given: OrderHappened[], when: OrderCommand]

describe('given what has happened, a command leads to', () => {
  test.each<Case>([
    ['a placed order', [], place, [placed]],
    ['nothing when it is placed again', [placed], place, []],
    ...facts.map((fact): Case => [`${fact.type}, noted`, [placed], note(fact), [fact]]),
    ...facts.map((fact): Case => [`nothing of ${fact.type} again`, [placed, fact], note(fact), []]),
    ['an expired reservation', [placed, ...facts], note(expired), [expired]],
    ['the same before it is known to be made', [placed], note(expired), [expired]],
    ['no new reservation after one that expired', [placed, expired], note({ type: 'stock-reserved' }), []],
    ['no expiry once it is confirmed', [placed, ...facts, confirmed], note(expired), []],
    ['a checkout that is given up', [placed], note(failed), [failed]],
    ['nothing more of one that is', [placed, failed], note({ type: 'stock-reserved' }), []],
    ['nothing when it is given up again', [placed, failed], note({ ...failed, reason: 'other' }), []],
    ['a confirmed order', [placed, ...facts], confirm, [confirmed]],
    ['nothing when it is confirmed again', [placed, ...facts, confirmed], confirm, []],
    ['nothing when it was cancelled since', [placed, ...facts, confirmed, cancelled], confirm, []],
    ['a rejected order', [placed], reject, [rejected]],
    ['nothing when it is rejected again', [placed, rejected], { ...reject, reason: 'other' }, []],
    ['a cancelled order', [placed, ...facts, confirmed], cancel, [cancelled]],
    ['nothing when it is cancelled again', [placed, ...facts, confirmed, cancelled], cancel, []],
  ])('%s', (_, given, when, then) => {
    expect(order.decide(when, after(...given))).toEqual(then)
  })

  test.each<Refusal>([
    ['order-unknown', 'a fact of nothing', [], note({ type: 'stock-reserved' })],
    ['order-unknown', 'a confirmation of nothing', [], confirm],
    ['order-unknown', 'a cancellation of nothing', [], cancel],
    ['checkout-incomplete', 'nothing is done yet', [placed], confirm],
    ...facts.map((left): Refusal => {
      const given = [placed, ...facts.filter(fact => fact !== left)]
      return ['checkout-incomplete', `without ${left.type}`, given, confirm]
    }),
    ['reservation-expired', 'the units are gone', [placed, ...facts, expired], confirm],
    ['checkout-failed', 'it is being undone', [placed, ...facts, failed], confirm],
    ['order-settled', 'it is rejected', [placed, rejected], confirm],
    ['order-settled', 'a confirmed order is rejected', [placed, ...facts, confirmed], reject],
    ['order-settled', 'a cancelled one is', [placed, ...facts, confirmed, cancelled], reject],
    ['order-not-confirmed', 'it is cancelled too early', [placed], cancel],
    ['order-not-confirmed', 'it is rejected, and cancelled', [placed, rejected], cancel],
  ])('a refusal, %s: %s', (code, _, given, when) => {
    const refused = expect.objectContaining({ name: 'OrderRuleError', code })
    expect(() => order.decide(when, after(...given))).toThrow(refused)
  })
})

test('the state knows the goods, the shipment and why', () => {
  expect(after(placed, ...facts)).toMatchObject({ goods, trackingNumber: 'SP1', version: 4, published: 1 })
  expect(after(placed, failed)).toMatchObject({ status: 'placed', failure: 'arrange-shipping-failed' })
  expect(after(placed, rejected)).toMatchObject({ status: 'rejected', reason: 'payment-declined' })
})

describe('whatever is asked, and in whatever order,', () => {
  // what leads to a confirmation is likelier, or hardly any order would be confirmed
  const commands = fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(place, confirm, ...facts.map(note)) },
        { weight: 1, arbitrary: fc.constantFrom(reject, cancel, note(expired), note(failed)) },
      ),
      { maxLength: 30 },
    )
    .map(asked => [place, ...asked])

  /** What happens; refused commands change nothing. */
  function run(asked: OrderCommand[]): OrderHappened[] {
    const past: OrderHappened[] = []
    for (const command of asked) past.push(...attempt(command, past))
    return past
  }

  function attempt(command: OrderCommand, past: OrderHappened[]): OrderHappened[] {
    try {
      return order.decide(command, after(...past))
    } catch (error) {
      if (error instanceof OrderRuleError) return []
      throw error
    }
  }

  test('an order is placed first, once, and settled once at most', () => {
    fc.assert(
      fc.property(commands, asked => {
        const types = run(asked).map(({ type }) => type)
        const count = (...some: string[]) => types.filter(type => some.includes(type)).length
        expect(types.indexOf('order-placed')).toBe(0)
        expect(count('order-placed')).toBe(1)
        expect(count('order-confirmed', 'order-rejected')).toBeLessThanOrEqual(1)
        expect(count('order-cancelled')).toBeLessThanOrEqual(count('order-confirmed'))
        const settled = types.findIndex(type => type === 'order-confirmed' || type === 'order-rejected')
        const then = settled < 0 ? [] : types.slice(settled + 1)
        expect(then.filter(type => type !== 'order-cancelled')).toEqual([])
      }),
    )
  })

  test('it is confirmed only when all three facts are there, and nothing speaks against it', () => {
    fc.assert(
      fc.property(commands, asked => {
        const types: string[] = run(asked).map(({ type }) => type)
        if (!types.includes('order-confirmed')) return
        const before = types.slice(0, types.indexOf('order-confirmed'))
        expect([...before].sort()).toEqual(
          ['order-placed', 'payment-authorised', 'shipping-arranged', 'stock-reserved'].sort(),
        )
      }),
    )
  })

  test('what was asked once changes nothing when it is asked again', () => {
    fc.assert(
      fc.property(commands, asked => {
        const past = run(asked)
        const last = asked.at(-1)
        if (last) expect(attempt(last, past)).toEqual([])
      }),
    )
  })

  test('each public event names the version of the one before it', () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 5 }), (asked, atOnce) => {
        const past = run(asked)
        const told = []
        for (let from = 0; from < past.length; from += atOnce) {
          const before = after(...past.slice(0, from))
          told.push(...publicEvents(orderIdOf(1), before, past.slice(from, from + atOnce), at))
        }
        expect(told.map(({ previous }) => previous)).toEqual(
          [0, ...told.map(({ version }) => version)].slice(0, told.length),
        )
        for (const { version, type } of told) expect(past[version - 1]?.type).toBe(type)
        expect(told.map(({ type }) => type)).toEqual(
          past.map(({ type }) => type).filter(type => type.startsWith('order-')) as never,
        )
      }),
    )
  })
})
