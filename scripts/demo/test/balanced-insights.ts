import type { Insights } from '../insights.ts'

/** What the insights said before the balanced books were begun. */
export function earlier(): Insights {
  return {
    totals: {
      placed: 3,
      confirmed: 1,
      rejected: 1,
      cancelled: 1,
      units: 2,
      goodsCents: 2100,
      shippingCents: 500,
      capturedCents: 3000,
      refundedCents: 400,
      parked: 0,
    },
    sales: {
      products: [{ key: '1', orders: 1, units: 2, cents: 2100 }],
      countries: [{ key: 'France', orders: 1, units: 2, cents: 2100 }],
      days: [{ key: '2026-01-30', orders: 1, units: 2, cents: 2100 }],
    },
  }
}

/** And after them. */
export function later(): Insights {
  return {
    totals: {
      placed: 3 + 5,
      confirmed: 1 + 2,
      rejected: 1 + 2,
      cancelled: 1 + 1,
      units: 2 + 8,
      goodsCents: 2100 + 4497 + 1050,
      shippingCents: 500 + 100 + 130,
      capturedCents: 3000 + 4597 + 1180 + 2240,
      refundedCents: 400 + 2240,
      parked: 0,
    },
    sales: {
      products: [
        { key: '1', orders: 1 + 2, units: 2 + 5, cents: 2100 + 5250 },
        { key: '2', orders: 1, units: 3, cents: 297 },
      ],
      countries: [
        { key: 'Germany', orders: 1, units: 1, cents: 1050 },
        { key: 'France', orders: 1 + 1, units: 2 + 7, cents: 2100 + 4497 },
      ],
      days: [
        { key: '2026-01-30', orders: 1, units: 2, cents: 2100 },
        { key: '2026-01-31', orders: 2, units: 8, cents: 5547 },
      ],
    },
  }
}
