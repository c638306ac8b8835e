import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '@shop/journal/database'
import type { Order } from '@shop/orders-contract'
import { createStore, type Store } from '../src/store.ts'

export interface TemporaryStore extends Disposable {
  database: Database
  store: Store
}

/** A store in a folder of its own, both gone at the end of the scope. */
export function temporaryStore(): TemporaryStore {
  const folder = mkdtempSync(join(tmpdir(), 'orders-'))
  const database = openDatabase(`file:${join(folder, 'orders.db')}`, `${import.meta.dir}/../migrations`)
  return {
    database,
    store: createStore(database),
    [Symbol.dispose]() {
      database.$client.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A CloudEvent as daprd delivers it. */
export function eventOf(id: string, topic: string, data: unknown) {
  const envelope = { source: 'inventory', type: 'com.dapr.event.sent', specversion: '1.0' }
  return { ...envelope, id, topic, pubsubname: 'pubsub', data }
}

/** The same id for the same number. */
export function orderIdOf(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

export function placedOrder(number: number): Order {
  return {
    id: orderIdOf(number),
    customerId: 'ALFKI',
    status: 'placed',
    lines: [
      { productId: 4, quantity: 2, unitPriceCents: 2200 },
      { productId: 3, quantity: 1, unitPriceCents: 1000 },
    ],
    totalCents: 5400,
    placedAt: '2026-01-02T03:04:05.000Z',
  }
}
