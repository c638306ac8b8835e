import { Type } from '@sinclair/typebox'
import { type CloudEvent, topic } from 'elysia-dapr'
import type { Database } from './database.ts'
import { deadLetters } from './schema.ts'

/** The topic of the events that one app gave up; anything can be in it. */
export function deadLetterTopic(pubsub: string, appId: string) {
  return topic(pubsub, `${appId}.dead-letters`, Type.Unknown())
}

/** Keeps an event that was given up. @returns false for one that is kept already */
export function keepDeadLetter(
  database: Pick<Database, 'insert'>,
  event: Pick<CloudEvent, 'source' | 'topic' | 'id' | 'data'>,
): boolean {
  const { source, topic, id } = event
  const row = { source, topic, id, event, receivedAt: new Date().toISOString() }
  return database.insert(deadLetters).values(row).onConflictDoNothing().run().changes > 0
}
