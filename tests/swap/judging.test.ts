import { describe, expect, test } from 'bun:test'
import type { DemoResult } from '../../scripts/demo/run-demo.ts'
import { type Arrival, firstOfEach, inversions, missing } from './deliveries.ts'
import { type Effects, furtherEffects } from './effects.ts'
import { sumOf } from './metrics.ts'
import { isQuiet } from './quiet.ts'
import { assertNone } from './row.ts'
import { unbalanced } from './rows/books.ts'
import { wrongEdits } from './rows/served.ts'

test('what is wrong is the failure, the first of it in full', () => {
  expect(() => assertNone([])).not.toThrow()
  expect(() => assertNone(['order 1 is lost'])).toThrow(/^order 1 is lost$/)
  expect(() => assertNone(['order 1 is lost', 'a', 'b'])).toThrow('order 1 is lost; and 2 more')
})

describe('deliveries', () => {
  const arrivals = (...names: string[]): Arrival[] =>
    names.map((name, index) => ({ key: name[0] ?? '', number: Number(name[1]), sentAt: 0, at: index }))

  test.each([
    ['in order', ['a1', 'b1', 'a2', 'b2'], 0],
    ['the keys do not count against each other', ['b2', 'a1', 'b3', 'a2'], 0],
    ['one is overtaken', ['a1', 'a3', 'a2', 'a4'], 1],
    ['one overtakes two', ['a3', 'a1', 'a2'], 2],
    ['what comes again later is not overtaken', ['a1', 'a2', 'a1', 'a3'], 0],
  ])('%s', (_, names, expected) => {
    expect(inversions(arrivals(...names))).toBe(expected)
  })

  test('the first of each, and what never came', () => {
    const came = arrivals('a1', 'b2', 'a1', 'b1')
    expect(firstOfEach(came).map(({ at }) => at)).toEqual([0, 1, 3])
    expect(missing(came, { keys: ['a', 'b'], numbers: 2 })).toEqual(['a 2'])
    expect(missing(came, { keys: ['b'], numbers: 2 })).toEqual([])
  })
})

describe('an event that came again', () => {
  const before: Effects = {
    orders: { one: { payment: 'captured' }, two: { payment: 'declined' } },
    stock: [{ productId: 1, onHand: 9 }],
    totals: { confirmed: 1 },
  }

  test('has no further effect', () => {
    expect(furtherEffects(before, structuredClone(before))).toEqual([])
  })

  test.each<[string, Partial<Effects>, RegExp]>([
    ['in an order', { orders: { ...before.orders, two: { payment: 'captured' } } }, /^order two: /],
    ['in the stock', { stock: [{ productId: 1, onHand: 8 }] }, /^the stock /],
    ['in the totals', { totals: { confirmed: 2 } }, /^insights: .*"confirmed":2/],
  ])('has one %s', (_, change, expected) => {
    expect(furtherEffects(before, { ...before, ...change })).toEqual([expect.stringMatching(expected)])
  })
})

describe('a replay', () => {
  const orders = { sent: 830, open: 0, unclear: 0 }
  const result = (change: object, more: object = {}) =>
    ({
      balanced: true,
      mismatches: [],
      ...more,
      figures: { orders: { ...orders, ...change } },
    }) as unknown as DemoResult

  test('that balances', () => {
    expect(unbalanced(result({}))).toEqual([])
  })

  test.each([
    [
      'mismatches',
      result({}, { balanced: false, mismatches: [{ about: 'order 3', message: 'lost' }] }),
      'order 3: lost',
    ],
    ['no balance for no reason', result({}, { balanced: false }), 'the books do not balance'],
    ['fewer orders', result({ sent: 829 }), '829 orders were sent'],
    ['open ones', result({ open: 1 }), '1 orders never ended'],
    ['unclear ones', result({ unclear: 2 }), 'of 2 orders nobody knows whether they were taken'],
  ])('with %s', (_, found, expected) => {
    expect(unbalanced(found)).toEqual([expected])
  })
})

describe('two edits at once', () => {
  const won = { status: 200, body: { items: [1] } }
  const lost = { status: 409, body: {} }
  test.each([
    ['one wins', [won, lost], won.body, []],
    ['both win', [won, won], won.body, ['the edits were answered 200 and 200']],
    ['none wins', [lost, lost], {}, ['the edits were answered 409 and 409']],
    [
      'the winner is not kept',
      [lost, won],
      { items: [] },
      ['what was answered 200 is not kept: {"items":[]}'],
    ],
  ])('%s', (_, edits, kept, expected) => {
    expect(wrongEdits(edits, kept)).toEqual(expected)
  })
})

describe('all is done', () => {
  const totals = {
    placed: 3,
    confirmed: 2,
    rejected: 1,
    parked: 0,
    goodsCents: 90,
    shippingCents: 10,
    capturedCents: 100,
  }
  test.each([
    ['when nothing is open', [{ reserved: 0 }], {}, true],
    ['when one was cancelled', [], { placed: 4, cancelled: 1, capturedCents: 120, refundedCents: 20 }, true],
    ['not while money is to be given back', [], { placed: 4, cancelled: 1, capturedCents: 120 }, false],
    ['not while units are reserved', [{ reserved: 0 }, { reserved: 1 }], {}, false],
    ['not while an order is open', [], { placed: 4 }, false],
    ['not while money is to be taken', [], { capturedCents: 60 }, false],
    ['not while an event waits', [], { parked: 1 }, false],
  ])('%s', (_, stock, change, expected) => {
    const answer = (body: unknown) => ({ status: 200, body })
    expect(isQuiet(answer(stock), answer({ ...totals, ...change }))).toBe(expected)
  })

  test('not while somebody cannot tell', () => {
    const away = { status: 503, body: { title: 'Service Unavailable', status: 503 } }
    expect(isQuiet({ status: 200, body: [] }, away)).toBe(false)
    expect(isQuiet(away, { status: 200, body: totals })).toBe(false)
  })
})

test('a counter is the sum of its lines with the labels', () => {
  const text = [
    '# TYPE calls counter',
    'calls{topic="orders",status="success"} 2',
    'calls{topic="orders",status="retry"} 4',
    'calls{topic="payments",status="success"} 8',
    'calls_sum{topic="orders",status="success"} 16',
  ].join('\n')
  expect(sumOf(text, 'calls', { topic: 'orders' })).toBe(6)
  expect(sumOf(text, 'calls', { topic: 'orders', status: 'success' })).toBe(2)
  expect(sumOf(text, 'nothing', {})).toBe(0)
})
