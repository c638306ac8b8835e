import { afterAll, beforeAll, describe } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReservationEvent } from '@shop/inventory-contract'
import { type Journal, openJournal } from '@shop/journal/journal'
import { type Databases, dialects, startDatabases, startTimeout } from '@shop/local-postgres'
import { asc } from 'drizzle-orm'
import { type InventoryTables, tables } from '../src/schema.ts'
import { createStore, type Store } from '../src/store.ts'

export const reserveFor = 900_000

/** A clock that is set by the test. */
export interface Clock {
  now: Date
}

export interface TemporaryStore extends AsyncDisposable {
  journal: Journal<InventoryTables>
  store: Store
  /** Of another process on the same database; SQLite has just one. */
  replica: Store
  clock: Clock
  /** All events that the outbox has, in the order of their publication. */
  published(): Promise<ReservationEvent[]>
}

export type Open = () => Promise<TemporaryStore>

/** The same tests on SQLite and on PostgreSQL. */
export function onEachDialect(suite: (open: Open) => void): void {
  for (const { dialect, name, skip } of dialects) {
    describe.skipIf(skip)(`on ${name}`, () => {
      let databases: Databases
      beforeAll(async () => {
        databases = await startDatabases(dialect)
      }, startTimeout)
      afterAll(() => databases[Symbol.asyncDispose]())
      suite(async () => openStores(await databases.create()))
    })
  }
}

/** On SQLite in a folder of its own, both gone at the end of the scope. */
export async function temporaryStore(): Promise<TemporaryStore> {
  const folder = mkdtempSync(join(tmpdir(), 'inventory-'))
  return await openStores(`file:${join(folder, 'inventory.db')}`, () => rmSync(folder, { recursive: true }))
}

async function openStores(url: string, remove = () => {}): Promise<TemporaryStore> {
  const clock: Clock = { now: new Date('2026-01-02T03:04:05.000Z') }
  const open = () => openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
  const storeOf = (journal: Journal<InventoryTables>) =>
    createStore({ journal, reserveFor, now: () => clock.now })
  const journal = await open()
  const other = journal.dialect === 'postgres' ? await open() : journal
  const { outbox } = journal.tables
  return {
    journal,
    store: storeOf(journal),
    replica: storeOf(other),
    clock,
    async published() {
      const rows = await journal.database.select().from(outbox).orderBy(asc(outbox.seq))
      return rows.map(({ data }) => data as ReservationEvent)
    },
    async [Symbol.asyncDispose]() {
      await journal.close()
      if (other !== journal) await other.close()
      remove()
    },
  }
}

/** The same id for the same number. */
export function orderIdOf(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

export const line = (productId: number, quantity: number) => ({ productId, quantity })
