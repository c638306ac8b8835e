import type { Product } from '@shop/catalog-contract'
import type { Database } from '@shop/journal/database'
import { asc, count, eq, sql } from 'drizzle-orm'
import { products } from './schema.ts'

export interface Store {
  list(): Product[]
  find(id: number): Product | undefined
  isEmpty(): boolean
  add(all: Product[]): void
}

export function createStore(database: Database): Store {
  const listAll = database.select().from(products).orderBy(asc(products.id)).prepare()
  const findOne = database
    .select()
    .from(products)
    .where(eq(products.id, sql.placeholder('id')))
    .prepare()
  const countAll = database.select({ count: count() }).from(products).prepare()

  return {
    list: () => listAll.all(),
    find: id => findOne.get({ id }),
    isEmpty: () => countAll.get()?.count === 0,
    add(all) {
      database.transaction(transaction => {
        for (const product of all) transaction.insert(products).values(product).run()
      })
    },
  }
}
