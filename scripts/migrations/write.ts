import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dialect } from '../../packages/journal/src/journal.ts'
import type { Tables } from '../../packages/journal/src/tables.ts'
import { type Difference, differenceOf, numbered, snapshotFile } from './difference.ts'

/**
 * Writes the migrations that bring a database of each dialect to the schema: below `folder`, one folder for each.
 * @returns the new files; none when the schema has not changed
 * @throws Error when drizzle-kit has to ask and there is no terminal; nothing is written then
 */
export async function writeMigrations(
  tables: Tables<Record<string, unknown>>,
  folder: string,
  name: string,
  now = Date.now(),
): Promise<string[]> {
  const differences: (Difference & { path: string })[] = []
  for (const dialect of ['sqlite', 'postgres'] as Dialect[]) {
    const path = join(folder, dialect)
    differences.push({ path, ...(await differenceOf(dialect, tables[dialect], path)) })
  }
  const written: string[] = []
  for (const { path, list, statements, snapshot } of differences) {
    if (statements.length === 0) continue
    const index = list.entries.length
    const tag = `${numbered(index)}_${name}`
    list.entries.push({ idx: index, version: snapshot.version, when: now, tag, breakpoints: true })
    await mkdir(join(path, 'meta'), { recursive: true })
    await Bun.write(join(path, `${tag}.sql`), `${statements.join('\n--> statement-breakpoint\n')}\n`)
    await Bun.write(join(path, snapshotFile(index)), toJson(snapshot))
    await Bun.write(join(path, 'meta/_journal.json'), toJson(list))
    written.push(join(path, `${tag}.sql`))
  }
  return written
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
