import type { Dialect } from '../../packages/journal/src/journal.ts'
import { isStale } from '../migrations/difference.ts'
import { migratedSchemas } from '../migrations/schemas.ts'
import type { Finding } from './finding.ts'

/** The migrations of every service lead to its schema.ts, for both dialects. */
export async function checkMigrations(root = process.cwd()): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, migrations, tables } of await migratedSchemas(root)) {
    for (const dialect of ['sqlite', 'postgres'] as Dialect[]) {
      if (!(await isStale(dialect, tables[dialect], `${root}/${migrations}/${dialect}`))) continue
      const message = `${dialect}: schema.ts has changed since the last migration; run 'bun run migration ${name} <what>'`
      findings.push({ file: `services/${name}/src/schema.ts`, message })
    }
  }
  return findings
}
