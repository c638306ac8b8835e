import type { AnyElysia } from 'elysia'
import { callbacksOf } from '../server/callback.ts'
import { subscriptionsOf } from '../server/subscription.ts'
import type { Destination } from './envelope.ts'

/** An entry of what `GET /dapr/subscribe` answers. */
interface Subscription {
  pubsubname: string
  topic: string
  route?: string
  routes?: { rules?: { match: string; path: string }[]; default?: string }
  metadata?: Record<string, string>
  bulkSubscribe?: { enabled?: boolean }
}

/** How daprd would deliver an event of a topic. */
export interface Delivery {
  path: string
  isRaw: boolean
  isBulk: boolean
}

/**
 * @param answer of the app to `GET /dapr/subscribe`
 * @param route the path to deliver to, of a subscription with rules
 * @throws Error when the app does not subscribe to the topic, or not with this route, and for what `listen` refuses
 */
export async function deliveryOf(
  app: AnyElysia,
  answer: Response,
  { pubsub, topic }: Destination,
  route: string | undefined,
): Promise<Delivery> {
  if (!answer.ok) {
    const advice = answer.status === 401 ? ': appToken is not the one of dapr({ appToken })' : ''
    throw new Error(`GET /dapr/subscribe answers ${answer.status}${advice}`)
  }
  const subscriptions = await listed(app, answer)
  const found = subscriptions.find(entry => entry.pubsubname === pubsub && entry.topic === topic)
  if (!found) throw new Error(`The app does not subscribe to ${topic} of ${pubsub}.`)
  const rules = (found.routes?.rules ?? []).map(({ path }) => path)
  const standard = found.routes?.default || found.route
  const path = route ?? standard
  if (!path) {
    throw new Error(`${topic} has rules and no default: say which route is meant, of ${rules.join(', ')}.`)
  }
  if (path !== standard && !rules.includes(path)) {
    throw new Error(`${topic} has no route ${path}, only ${[...rules, standard].filter(Boolean).join(', ')}.`)
  }
  return {
    path,
    isRaw: /^(1|t|true)$/i.test(found.metadata?.rawPayload ?? ''),
    isBulk: found.bulkSubscribe?.enabled ?? false,
  }
}

/** An app that does not listen does not tell a `dapr()` within another app that it is a part of it. */
async function listed(app: AnyElysia, answer: Response): Promise<Subscription[]> {
  return callbacksOf(app).length > 0 ? subscriptionsOf(app) : ((await answer.json()) as Subscription[])
}
