import type { Product, Quote } from '@shop/catalog-contract'

export interface WantedLine {
  productId: number
  quantity: number
}

export type Refusal = { refused: 'product-unknown' | 'product-discontinued'; productIds: number[] }

/** Prices the lines of an order, or refuses all of them when one cannot be sold. */
export function quote(lines: WantedLine[], find: (id: number) => Product | undefined): Quote | Refusal {
  const priced = lines.map(line => ({ ...line, product: find(line.productId) }))
  const unknown = priced.filter(({ product }) => !product)
  if (unknown.length > 0) return refuse('product-unknown', unknown)
  const discontinued = priced.filter(({ product }) => product?.discontinued)
  if (discontinued.length > 0) return refuse('product-discontinued', discontinued)

  const quoted = priced.map(({ productId, quantity, product }) => ({
    productId,
    quantity,
    unitPriceCents: product?.unitPriceCents ?? 0,
  }))
  const totalCents = quoted.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
  return { lines: quoted, totalCents }
}

function refuse(refused: Refusal['refused'], lines: WantedLine[]): Refusal {
  return { refused, productIds: lines.map(line => line.productId) }
}
