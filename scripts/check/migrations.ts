import type { Dialect } from '../../packages/journal/src/journal.ts'
import { differenceOf } from '../migrations/difference.ts'
import { migratedSchemas } from '../migrations/schemas.ts'
import type { Finding } from './finding.ts'

/** The migrations of every service lead to its schema.ts, for both dialects. */
export async function checkMigrations(root = process.cwd()): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, migrations, tables } of await migratedSchemas(root)) {
    for (const dialect of ['sqlite', 'postgres'] as Dialect[]) {
      const { statements } = await differenceOf(dialect, tables[dialect], `${root}/${migrations}/${dialect}`)
      if (statements.length === 0) continue
      const message = `${dialect}: schema.ts has changed since the last migration; run 'bun run migration ${name} <what>'`
      findings.push({ file: `services/${name}/src/schema.ts`, message })
    }
  }
  return findings
}
