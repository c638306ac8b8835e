import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './services/catalog/src/schema.ts',
  out: './services/catalog/migrations',
})
