import { expect, test } from 'bun:test'
import type { Insights } from './insights.ts'
import { at, mismatchesAfter } from './test/balanced-books.ts'

function wrong(change: (insights: Insights) => void): string[] {
  return mismatchesAfter(({ insights }) => {
    if (insights) change(insights.after)
  })
}

test('insights that agree have no mismatch', () => {
  expect(wrong(() => {})).toEqual([])
})

test.each([
  'placed',
  'confirmed',
  'rejected',
  'cancelled',
  'units',
  'goodsCents',
  'shippingCents',
  'capturedCents',
  'refundedCents',
] as const)('the total %s is wrong by one', name => {
  for (const by of [1, -1]) {
    expect(
      wrong(({ totals }) => {
        totals[name] += by
      }),
    ).toEqual([`insights ${name} insights-total-differs`])
  }
})

test('events wait for one before them', () => {
  expect(
    wrong(({ totals }) => {
      totals.parked = 2
    }),
  ).toEqual(['insights parked insights-parked'])
})

test.each(['orders', 'units', 'cents'] as const)('the %s of a row are wrong', column => {
  expect(
    wrong(({ sales }) => {
      at(sales.products, 1)[column] += 1
      at(sales.countries, 0)[column] += 1
      at(sales.days, 1)[column] += 1
    }),
  ).toEqual([
    'sales by products, 2 sales-differ',
    'sales by countries, Germany sales-differ',
    'sales by days sales-differ',
  ])
})

test('a row is missing', () => {
  expect(wrong(({ sales }) => sales.products.pop())).toEqual(['sales by products, 2 sales-differ'])
})

test('something was sold that nobody ordered', () => {
  expect(wrong(({ sales }) => sales.countries.push({ key: 'Peru', orders: 1, units: 1, cents: 9 }))).toEqual([
    'sales by countries, Peru sales-differ',
  ])
})

test('a row without sales is none', () => {
  expect(wrong(({ sales }) => sales.countries.push({ key: 'Peru', orders: 0, units: 0, cents: 0 }))).toEqual(
    [],
  )
})

test('a row is there twice', () => {
  expect(
    wrong(({ sales }) => {
      const { key } = at(sales.countries, 0)
      sales.countries.push({ key, orders: 0, units: 0, cents: 0 })
    }),
  ).toEqual(['sales by countries sales-doubled'])
})

test('a run may last past midnight', () => {
  expect(
    wrong(({ sales }) => {
      Object.assign(at(sales.days, 1), { orders: 1, units: 7, cents: 4497 })
      sales.days.push({ key: '2026-02-01', orders: 1, units: 1, cents: 1050 })
    }),
  ).toEqual([])
})

test('sales of an earlier day were taken away', () => {
  expect(
    wrong(({ sales }) => {
      Object.assign(at(sales.days, 0), { orders: 0, units: 0, cents: 0 })
      Object.assign(at(sales.days, 1), { orders: 3, units: 10, cents: 7647 })
    }),
  ).toEqual(['sales by days, 2026-01-30 sales-fell'])
})
