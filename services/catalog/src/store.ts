import type { Product } from '@shop/catalog-contract'
import type { Journal } from '@shop/journal/journal'
import { asc, count, eq, inArray } from 'drizzle-orm'
import type { CatalogTables } from './schema.ts'

export interface Store {
  list(): Promise<Product[]>
  find(id: number): Promise<Product | undefined>
  /** Those that there are, by their ids. */
  findAll(ids: readonly number[]): Promise<Map<number, Product>>
  isEmpty(): Promise<boolean>
  /** @throws ConflictError when there is one of them already: nothing is added then */
  add(all: Product[]): Promise<void>
}

export function createStore({ database, tables: { products }, commit }: Journal<CatalogTables>): Store {
  return {
    list: async () => await database.select().from(products).orderBy(asc(products.id)),

    async find(id) {
      const [row] = await database.select().from(products).where(eq(products.id, id))
      return row
    },

    async findAll(ids) {
      // PostgreSQL refuses a query about a number that none of its integers can hold
      const possible = [...new Set(ids)].filter(Number.isSafeInteger)
      const rows = await database.select().from(products).where(inArray(products.id, possible))
      return new Map(rows.map(row => [row.id, row]))
    },

    async isEmpty() {
      const [row] = await database.select({ count: count() }).from(products)
      return row?.count === 0
    },

    async add(all) {
      await commit({ rows: write => [write.insert(products).values(all)] })
    },
  }
}
