import { expect, test } from 'bun:test'
import { temporaryDatabase } from '../test/temporary-database.ts'
import { deadLetterTopic, keepDeadLetter } from './dead-letters.ts'
import { deadLetters } from './schema.ts'

const event = {
  id: 'e1',
  source: 'orders',
  type: 'com.dapr.event.sent',
  specversion: '1.0',
  topic: 'orders.dead-letters',
  pubsubname: 'pubsub',
  data: { orderId: 7 },
}

test('the topic belongs to one app', () => {
  expect(deadLetterTopic('pubsub', 'orders')).toMatchObject({ pubsub: 'pubsub', name: 'orders.dead-letters' })
})

test('an event is kept whole, and once', () => {
  using opened = temporaryDatabase()
  expect(keepDeadLetter(opened.database, event)).toBe(true)
  expect(keepDeadLetter(opened.database, { ...event, data: 'other' })).toBe(false)
  expect(keepDeadLetter(opened.database, { ...event, id: 'e2' })).toBe(true)
  const kept = opened.database.select().from(deadLetters).all()
  expect(kept).toMatchObject([
    { id: 'e1', topic: 'orders.dead-letters', event },
    { id: 'e2', event: { ...event, id: 'e2' } },
  ])
})
