import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const products = sqliteTable('products', {
  id: integer().primaryKey(),
  name: text().notNull(),
  category: text().notNull(),
  quantityPerUnit: text('quantity_per_unit').notNull(),
  unitPriceCents: integer('unit_price_cents').notNull(),
  discontinued: integer({ mode: 'boolean' }).notNull(),
})
