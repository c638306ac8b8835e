import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type DrizzleSnapshotJSON,
  type DrizzleSQLiteSnapshotJSON,
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import type { Dialect } from '../../packages/journal/src/journal.ts'

/** drizzle's list of the migrations in a folder. */
export interface MigrationList {
  version: '7'
  dialect: 'sqlite' | 'postgresql'
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: true }[]
}

/** What brings a database from its last migration to the schema. */
export interface Difference {
  list: MigrationList
  /** Empty: there is nothing to do. */
  statements: string[]
  snapshot: { version: string }
}

/**
 * Asks in a terminal which column is a renamed one, where that may be.
 * @throws Error when it has to ask and there is no terminal
 */
export async function differenceOf(
  dialect: Dialect,
  tables: Record<string, unknown>,
  folder: string,
): Promise<Difference> {
  const { list, before } = await readMigrations(dialect, folder)
  if (dialect === 'sqlite') {
    const from = (before ?? (await generateSQLiteDrizzleJson({}))) as DrizzleSQLiteSnapshotJSON
    const snapshot = await generateSQLiteDrizzleJson(tables, from.id)
    return { list, statements: await generateSQLiteMigration(from, snapshot), snapshot }
  }
  const from = (before ?? generateDrizzleJson({})) as DrizzleSnapshotJSON
  const snapshot = generateDrizzleJson(tables, from.id)
  return { list, statements: await generateMigration(from, snapshot), snapshot }
}

/** Whether the last migration leads to another schema. Asks nothing. */
export async function isStale(
  dialect: Dialect,
  tables: Record<string, unknown>,
  folder: string,
): Promise<boolean> {
  const { before } = await readMigrations(dialect, folder)
  const after = dialect === 'sqlite' ? await generateSQLiteDrizzleJson(tables) : generateDrizzleJson(tables)
  return !Bun.deepEquals(withoutIds(before), withoutIds(after))
}

/** As it is in a file, without what tells one snapshot from another of the same schema. */
function withoutIds(snapshot: unknown): unknown {
  const { id: _, prevId: __, ...schema } = JSON.parse(JSON.stringify(snapshot ?? {}))
  return schema
}

async function readMigrations(
  dialect: Dialect,
  folder: string,
): Promise<{ list: MigrationList; before: unknown }> {
  const list = await readList(dialect, folder)
  const last = list.entries.at(-1)
  return { list, before: last && (await readJson(join(folder, snapshotFile(last.idx)))) }
}

export function snapshotFile(index: number): string {
  return `meta/${numbered(index)}_snapshot.json`
}

export function numbered(index: number): string {
  return String(index).padStart(4, '0')
}

async function readList(dialect: Dialect, folder: string): Promise<MigrationList> {
  const list = await readJson(join(folder, 'meta/_journal.json'))
  return (
    (list as MigrationList | undefined) ?? {
      version: '7',
      dialect: dialect === 'sqlite' ? 'sqlite' : 'postgresql',
      entries: [],
    }
  )
}

/** Undefined when there is no such file. */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : JSON.parse(text)
}
