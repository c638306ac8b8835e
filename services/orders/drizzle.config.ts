import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './services/orders/src/schema.ts',
  out: './services/orders/migrations',
})
