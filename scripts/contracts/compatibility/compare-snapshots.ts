import type { Change } from './change.ts'
import { compareEndpoints } from './compare-endpoints.ts'
import { compareSchemas } from './compare-schema.ts'
import type { Snapshot } from './snapshot.ts'

/** A change that those who rely on the published contract do not survive. */
export interface BreakingChange {
  /** `topic <name>`, or an operation such as `GET /orders/*`. */
  subject: string
  /** As in `topic orders, type order-placed, lines[].quantity was removed`. */
  text: string
  fix: string
}

/**
 * The rules. Events are compatible both ways: what the broker and event stores hold has to fit the new schema, and what
 * is published has to fit the schema that consumers still have, fields aside that they do not know. Requests have to go
 * on fitting, answers have to go on being read.
 */
export function compareSnapshots(published: Snapshot, current: Snapshot): BreakingChange[] {
  return [
    ...topicChanges(published, current),
    ...endpointChanges(published, current),
    ...offerChanges(published, current),
  ]
}

function topicChanges(published: Snapshot, current: Snapshot): BreakingChange[] {
  return Object.entries(published.topics).flatMap(([name, before]) => {
    const subject = `topic ${name}`
    const after = current.topics[name]
    if (!after) return [{ subject, text: `${subject} was removed`, fix: 'keep it until nobody subscribes' }]
    const moved: Change[] =
      before.pubsub === after.pubsub
        ? []
        : [
            {
              path: '',
              what: `was in the component ${before.pubsub}, is in ${after.pubsub}`,
              breaks: ['readers'],
            },
          ]
    const changes = [...moved, ...compareSchemas(before.data, after.data)]
    return changes.map(change => ({ subject, text: told(subject, change), fix: eventFix(change) }))
  })
}

function eventFix({ what }: Change): string {
  if (what === 'is new and required') return 'make it optional: events that are under way lack it'
  if (what === 'was optional, is required') return 'keep it optional: events that are under way lack it'
  if (what === 'is new') return 'use a topic of its own, or teach all consumers first'
  return 'keep what was published, and add beside it: an optional field, or a new topic'
}

function endpointChanges(published: Snapshot, current: Snapshot): BreakingChange[] {
  return Object.entries(published.endpoints).flatMap(([subject, before]) => {
    const after = current.endpoints[subject]
    if (!after) return [{ subject, text: `${subject} was removed`, fix: 'keep it until nobody calls it' }]
    return compareEndpoints(before, after).map(change => ({
      subject,
      text: told(subject, change),
      fix:
        change.breaks.includes('writers') && !/^(response|error|status)/.test(change.path)
          ? 'accept what callers send: a new field is optional, and a new rule needs an endpoint of its own'
          : 'answer what callers read: add beside it, or bring an endpoint of its own',
    }))
  })
}

function offerChanges({ offers = [] }: Snapshot, current: Snapshot): BreakingChange[] {
  return offers
    .filter(operation => !current.offers?.includes(operation))
    .map(operation => ({
      subject: operation,
      text: `${operation} is no longer offered to the public`,
      fix: 'put it back into calls',
    }))
}

function told(subject: string, { path, what }: Change): string {
  return path === '' ? `${subject} ${what}` : `${subject}, ${path} ${what}`
}
