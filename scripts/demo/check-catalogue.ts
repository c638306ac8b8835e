import type { Books } from './books.ts'
import type { Mismatch } from './mismatch.ts'

/** The catalogue is the data file: the same products, prices and discontinued marks, each once. */
export function checkCatalogue({ products, catalogue }: Pick<Books, 'products' | 'catalogue'>): Mismatch[] {
  const mismatches: Mismatch[] = []
  const served = new Map(catalogue.map(product => [product.id, product]))
  const known = new Set(products.map(product => product.id))

  for (const product of products) {
    const about = `product ${product.id}`
    const found = served.get(product.id)
    if (found === undefined) {
      mismatches.push({ code: 'product-missing', about, message: 'is in the data, not in the catalogue' })
      continue
    }
    for (const field of ['name', 'unitPriceCents', 'discontinued'] as const) {
      if (found[field] === product[field]) continue
      const message = `${field} is ${found[field]} in the catalogue, ${product[field]} in the data`
      mismatches.push({ code: 'product-differs', about, message })
    }
  }
  for (const { id } of catalogue) {
    if (known.has(id)) continue
    mismatches.push({ code: 'product-invented', about: `product ${id}`, message: 'is not in the data' })
  }
  if (served.size !== catalogue.length) {
    const message = `lists ${catalogue.length} products with ${served.size} different ids`
    mismatches.push({ code: 'product-doubled', about: 'catalogue', message })
  }
  return mismatches
}
