import type { Line } from './ledger.ts'

/** One thing in the books that does not add up. */
export interface Mismatch {
  /** Stable name of the kind, for machines. */
  code: string
  /** Whom it concerns, e.g. `order 10248` (the Northwind number) or `product 31`. */
  about: string
  message: string
}

/** `3 × 12, 7 × 1`, sorted by product, so that two lists with the same lines give the same text. */
export function lineList(lines: readonly Line[]): string {
  if (lines.length === 0) return 'no lines'
  return [...lines]
    .sort((a, b) => a.productId - b.productId || a.quantity - b.quantity)
    .map(line => `${line.productId} × ${line.quantity}`)
    .join(', ')
}
