import { defineCommand } from 'citty'
import { migratedSchemas } from '../migrations/schemas.ts'
import { writeMigrations } from '../migrations/write.ts'
import { ShopError } from '../supervisor/shop-error.ts'

export default defineCommand({
  meta: {
    name: 'migration',
    description:
      "Write the migrations, for SQLite and PostgreSQL, that bring a service's database to its schema.ts",
  },
  args: {
    service: { type: 'positional', description: 'Name of the service, such as orders', required: true },
    name: {
      type: 'positional',
      description: 'What the migration does, such as add-discount',
      required: true,
    },
  },
  async run({ args: { service, name } }) {
    if (!/^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)) {
      throw new ShopError(`'${name}' is no name of a migration. Use lower-case words with hyphens.`)
    }
    const schemas = await migratedSchemas()
    const schema = schemas.find(each => each.name === service)
    if (!schema) {
      const names = schemas.map(each => each.name).join(', ')
      throw new ShopError(
        `${service} has no database (no services/${service}/src/schema.ts). Use one of: ${names}.`,
      )
    }
    const written = await writeMigrations(schema.tables, schema.migrations, name).catch(error => {
      if (!`${error}`.includes('TTY')) throw error
      throw new ShopError(
        `drizzle-kit has to ask whether a column or table of ${service} is new or renamed. Run it in a terminal.`,
      )
    })
    console.log(written.length > 0 ? written.join('\n') : `The migrations of ${service} are up to date.`)
  },
})
