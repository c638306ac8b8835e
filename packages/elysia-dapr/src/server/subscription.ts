import type { AnyElysia } from 'elysia'
import { callbacksOf } from './callback.ts'
import { findDeadLetterFault } from './dead-letter-fault.ts'

/** What one `subscribe` says of its topic; the path that daprd delivers to is the route's. */
export interface Declaration {
  pubsubname: string
  topic: string
  /** A rule, or the default for the events that no rule takes. */
  match?: string | undefined
  priority: number
  deadLetterTopic?: string | undefined
  metadata?: Record<string, string> | undefined
  bulkSubscribe?: BulkSubscribe | undefined
}

/** How `GET /dapr/subscribe` asks for bulk deliveries. */
export interface BulkSubscribe {
  enabled: true
  maxMessagesCount?: number
  maxAwaitDurationMs?: number
}

/** What `GET /dapr/subscribe` answers for one topic. Source: https://docs.dapr.io/reference/api/pubsub_api/ */
export interface Subscription {
  pubsubname: string
  topic: string
  routes: { rules?: { match: string; path: string }[]; default?: string }
  deadLetterTopic?: string
  metadata?: Record<string, string>
  bulkSubscribe?: BulkSubscribe
}

type Routed = Declaration & { path: string }

/**
 * The subscriptions of an app as daprd reads them, rules by their priority.
 * @throws Error for what daprd would only log, or answer with events that nobody gets
 */
export function subscriptionsOf(app: AnyElysia): Subscription[] {
  assertPaths(app)
  const topics = new Map<string, Routed[]>()
  for (const { path, subscription } of callbacksOf(app)) {
    if (!subscription) continue
    const key = nameOf(subscription)
    topics.set(key, [...(topics.get(key) ?? []), { ...subscription, path }])
  }
  const subscriptions = [...topics.values()].map(merge)
  const fault = findDeadLetterFault(subscriptions)
  if (fault) throw new Error(fault)
  return subscriptions
}

function merge(declared: Routed[]): Subscription {
  const [first, ...others] = declared as [Routed, ...Routed[]]
  const name = nameOf(first)
  for (const other of others) assertAgreement(name, first, other)
  const defaults = declared.filter(({ match }) => match === undefined)
  if (defaults.length > 1) {
    throw new Error(`two subscriptions to ${name}: one app can have only one default route for a topic`)
  }
  const rules = declared
    .filter(({ match }) => match !== undefined)
    .sort((a, b) => a.priority - b.priority)
    .map(({ match = '', path }) => ({ match, path }))
  const repeated = rules.find(({ match }, index) => rules.findIndex(rule => rule.match === match) < index)
  if (repeated)
    throw new Error(`two subscriptions to ${name} match ${repeated.match}: only one can get the events`)
  const { pubsubname, topic, deadLetterTopic, metadata, bulkSubscribe } = first
  const [fallback] = defaults
  if (!fallback && (deadLetterTopic === undefined || bulkSubscribe)) {
    throw new Error(
      `events on ${name} that no rule matches would be ${bulkSubscribe ? 'delivered to no path' : 'acknowledged, and lost'}: ` +
        `add a subscription without match${bulkSubscribe ? '' : ', or a deadLetterTopic'}`,
    )
  }
  return {
    pubsubname,
    topic,
    routes: { ...(rules.length > 0 && { rules }), ...(fallback && { default: fallback.path }) },
    ...(deadLetterTopic !== undefined && { deadLetterTopic }),
    ...(metadata && { metadata }),
    ...(bulkSubscribe && { bulkSubscribe }),
  }
}

/** daprd has these once for a topic, not for a rule. */
function assertAgreement(name: string, first: Routed, other: Routed): void {
  if (Boolean(first.bulkSubscribe) !== Boolean(other.bulkSubscribe)) {
    throw new Error(`subscriptions to ${name} are single and bulk: daprd delivers a topic in one way only`)
  }
  for (const what of ['deadLetterTopic', 'metadata', 'bulkSubscribe'] as const) {
    const [one, another] = [first, other].map(({ [what]: value }) => textOf(value))
    if (one !== another) {
      throw new Error(
        `subscriptions to ${name} disagree about ${what}: ${one ?? 'none'} and ${another ?? 'none'}`,
      )
    }
  }
}

function textOf(value: string | object | undefined): string | undefined {
  if (typeof value !== 'object') return value
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))))
}

function assertPaths(app: AnyElysia): void {
  for (const { path, calledAt = path } of callbacksOf(app)) {
    if (path !== calledAt) {
      throw new Error(`daprd calls ${calledAt}, which is ${path} here: use it without a prefix`)
    }
    if (/[:?#]/.test(path)) throw new Error(`${path} cannot be called by daprd: it has parameters`)
  }
}

function nameOf({ pubsubname, topic }: Declaration): string {
  return `${pubsubname}/${topic}`
}
