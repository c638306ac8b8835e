import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { localWorld } from '../../swap/local-world.ts'
import { suite } from '../../swap/suite.ts'
import type { World } from '../../swap/world.ts'
import { type Shop, startShop } from '../shop.ts'
import { openLedger } from './ledger.ts'

setDefaultTimeout(150_000)

// What finds lost and doubled events finds those that are lost and doubled on purpose. Each has a shop of its own: what
// is wrong with one stays wrong.

let shop: Shop
let world: World
let cleanup: AsyncDisposableStack

beforeEach(async () => {
  cleanup = new AsyncDisposableStack()
  shop = cleanup.use(await startShop())
  const patience = 12_000
  world = localWorld(shop, { set: 'embedded', signal: new AbortController().signal, cleanup, patience })
})

afterEach(() => cleanup.disposeAsync())

/** In the database of a service. */
function execute(service: string, sql: string): void {
  const database = new Database(join(shop.instance.dataDir, `${service}.db`))
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

async function run(id: string): Promise<unknown> {
  return await suite.find(row => row.id === id)?.run(world)
}

test('an event that counts twice when it comes twice', async () => {
  execute(
    'insights',
    `create trigger doubled before insert on inbox when exists (select 1 from inbox where id = new.id)
      begin update totals set value = value + 1 where name = 'confirmed'; end`,
  )
  await expect(run('duplicates')).rejects.toThrow('insights: ')
})

test('a unit that is gone', async () => {
  const ledger = await openLedger(shop)
  await ledger.place('ordinary', 'declined')
  expect(await ledger.drain()).toEqual([])
  expect(await ledger.check()).toEqual([])
  execute('inventory', 'update stock set on_hand = on_hand - 1 where product_id = 75')
  expect(await ledger.check()).toEqual([expect.stringContaining('product 75')])
})

test('events that are lost when the broker is killed', async () => {
  execute(
    'inventory',
    `create trigger lost after update on reservations when new.status = 'fulfilled'
      begin update reservations set status = 'reserved' where order_id = new.order_id; end`,
  )
  await expect(run('broker')).rejects.toThrow('is not done with')
})
