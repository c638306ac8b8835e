import { Type } from '@sinclair/typebox'
import { type CloudEvent, topic } from 'elysia-dapr'
import type { Database } from './database.ts'
import { deadLetters } from './schema.ts'

/** The topic of the events that one app gave up; anything can be in it. */
export function deadLetterTopic(pubsub: string, appId: string) {
  return topic(pubsub, `${appId}.dead-letters`, Type.Unknown())
}

/** Keeps an event that was given up; the same one twice is kept once. */
export function keepDeadLetter(database: Database, event: CloudEvent): void {
  const row = { id: event.id, topic: event.topic, event, receivedAt: new Date().toISOString() }
  database.insert(deadLetters).values(row).onConflictDoNothing().run()
}
