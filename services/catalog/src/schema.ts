import { defineTables } from '@shop/journal/tables'

export const tables = defineTables(({ table, integer, text, boolean }) => ({
  products: table('products', {
    id: integer('id').primaryKey(),
    name: text('name').notNull(),
    category: text('category').notNull(),
    quantityPerUnit: text('quantity_per_unit').notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
    discontinued: boolean('discontinued').notNull(),
  }),
}))

export type CatalogTables = typeof tables.sqlite
