import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Tables } from '../../packages/journal/src/tables.ts'

/** A schema and the folder that its migrations lie in. */
export interface MigratedSchema {
  /** Name of the service. */
  name: string
  /** Relative to the repository root. */
  migrations: string
  tables: Tables<Record<string, unknown>>
}

/** Every service that has a database, in the order of their names. */
export async function migratedSchemas(root = process.cwd()): Promise<MigratedSchema[]> {
  const files = await Array.fromAsync(new Bun.Glob('services/*/src/schema.ts').scan({ cwd: root }))
  return await Promise.all(
    files.sort().map(async file => {
      const [, name = ''] = file.split('/')
      const { tables } = (await import(pathToFileURL(join(root, file)).href)) as Pick<MigratedSchema, 'tables'>
      return { name, migrations: `services/${name}/migrations`, tables }
    }),
  )
}
