import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { type Databases, postgresMissing, startDatabases } from '@shop/local-postgres'
import { openPayments } from '../test/databases.ts'
import { orderIdOf } from '../test/doubles.ts'
import { createStore } from './store.ts'
import { startSweep } from './sweep.ts'

setDefaultTimeout(60_000)

const needsPostgres = postgresMissing === undefined ? '' : ` (${postgresMissing})`
let databases: Databases

beforeAll(async () => {
  if (!needsPostgres) databases = await startDatabases('postgres')
})
afterAll(() => databases?.[Symbol.asyncDispose]())

test.skipIf(needsPostgres !== '')(
  `of several replicas one settles each payment${needsPostgres}`,
  async () => {
    const url = await databases.create()
    await using cleanup = new AsyncDisposableStack()
    const settled: string[] = []
    const log = createLogger('payments', 'silent')

    async function startReplica() {
      const journal = await openPayments(url)
      cleanup.defer(journal.close)
      const store = createStore({ journal, grace: 0 })
      const payments = {
        async settle(orderId: string) {
          settled.push(orderId)
          return await store.change(orderId, { type: 'decline', reason: 'none' })
        },
      }
      const sweep = startSweep({ journal, store, payments, log, every: 5 })
      cleanup.defer(() => sweep.stop(0))
      return store
    }

    const ids = Array.from({ length: 40 }, (_, index) => orderIdOf(index + 1))
    const [store] = await Promise.all([startReplica(), startReplica(), startReplica()])
    for (const id of ids) await store.change(id, { type: 'authorise', customerId: 'ALFKI', amountCents: 500 })
    while (settled.length < ids.length) await Bun.sleep(1)
    expect(settled.sort()).toEqual(ids)
  },
)
