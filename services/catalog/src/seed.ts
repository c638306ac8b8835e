import { join } from 'node:path'
import type { Product } from '@shop/catalog-contract'
import { ConflictError } from '@shop/journal/conflict'
import type { Store } from './store.ts'

/** Fills an empty catalogue; one that has products is left as it is. Returns how many it added. */
export async function seed(store: Store, folder: string): Promise<number> {
  if (!(await store.isEmpty())) return 0
  const [products, categories] = await Promise.all([
    Bun.file(join(folder, 'products.json')).json() as Promise<NorthwindProduct[]>,
    Bun.file(join(folder, 'categories.json')).json() as Promise<{ id: number; name: string }[]>,
  ])
  const names = new Map(categories.map(({ id, name }) => [id, name]))
  const all: Product[] = products.map(({ categoryId, unitsInStock: _, ...product }) => ({
    ...product,
    category: names.get(categoryId) ?? 'Other',
  }))
  try {
    await store.add(all)
  } catch (error) {
    // another replica may have been faster
    if (error instanceof ConflictError && !(await store.isEmpty())) return 0
    throw error
  }
  return all.length
}

interface NorthwindProduct {
  id: number
  name: string
  categoryId: number
  quantityPerUnit: string
  unitPriceCents: number
  unitsInStock: number
  discontinued: boolean
}
