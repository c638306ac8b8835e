import { expect, test } from 'bun:test'
import { temporaryDatabase } from '../test/temporary-database.ts'
import { commit } from './commit.ts'
import { pruneInbox } from './prune.ts'
import { inbox } from './schema.ts'

test('ids are forgotten once they are old enough, others stay', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const old = { source: 'orders', topic: 'placed', id: 'old', receivedAt: '2020-01-01T00:00:00.000Z' }
  database.insert(inbox).values(old).run()
  commit(database, { inbox: { source: 'orders', topic: 'placed', id: 'new' }, rows: () => undefined })

  pruneInbox(database)()
  expect(database.select({ id: inbox.id }).from(inbox).all()).toEqual([{ id: 'new' }])
})
