import type { Static, TSchema, TUnknown } from '@sinclair/typebox'
import type { AnyElysia } from 'elysia'
import type { Binding, Job, Topic } from '../contract.ts'
import { jobName } from '../job-name.ts'
import {
  type BulkEntry,
  bulkEnvelope,
  cloudEvent,
  type DeliveredEvent,
  type Destination,
  deliverySpan,
  rawEvent,
  rawPayload,
} from './envelope.ts'
import { type Delivery, deliveryOf } from './subscriptions.ts'
import { bulkVerdicts, eventVerdict, jobVerdict, type Verdict } from './verdict.ts'

/** Whose daprd `fakeDaprd` stands for. */
export interface FakeDaprdOptions {
  /** @default `app` */
  appId?: string
  /** Token that the requests show. @default `APP_API_TOKEN`, as `dapr()` has it */
  appToken?: string | undefined
}

/** How an event is delivered, and what it says beside its data. */
export interface DeliverOptions extends DeliveredEvent {
  /** Which route of a subscription with rules: their conditions are not evaluated. @default the default route */
  route?: string
}

/** An item of a configuration store. */
export interface ConfigurationItem {
  value: string
  version?: string
  metadata?: Record<string, string>
}

/** Makes daprd's requests of an app, without daprd. All resolve with what daprd would conclude of the answer. */
export interface FakeDaprd {
  /** Delivers one event; to a bulk subscription as the only entry. @throws Error when the app does not subscribe to the topic */
  deliver<Data extends TSchema>(
    topic: Topic<Data>,
    data: Static<Data>,
    options?: DeliverOptions,
  ): Promise<Verdict>
  /** Delivers events at once. @throws Error when the app has no bulk subscription to the topic */
  deliverBulk<Data extends TSchema>(
    topic: Topic<Data>,
    data: Static<Data>[],
    options?: DeliverOptions,
  ): Promise<Verdict[]>
  /**
   * Runs a job. One that the app does not know is `RETRY` where the app uses `dapr()`, which has daprd try it again;
   * else it is `DROP`: daprd takes a 404 for done.
   */
  runJob<Data extends TSchema = TUnknown>(
    job: Job<Data> | string,
    data?: Static<Data>,
    options?: { key?: string },
  ): Promise<Verdict>
  /**
   * Sends what an input binding reads to the route of its name, or to the route that is given in its place.
   * @throws Error when the app does not take it
   */
  sendBinding<Data extends TSchema = TUnknown>(
    binding: Binding<Data> | string,
    data?: Static<Data>,
    metadata?: Record<string, string>,
  ): Promise<Verdict>
  /** Tells of a new value. `DROP`: daprd only logs that the app has not taken it. */
  updateConfiguration(store: string, key: string, item: ConfigurationItem): Promise<Verdict>
  /** Probes the app's health, without a token. @default `/healthz` */
  isHealthy(path?: string): Promise<boolean>
}

/**
 * daprd's part for unit tests: replays its requests into `app.handle`, with the same headers and bodies. No process, no
 * network, and no retries, dead letters or resiliency: it says what would come of the answer.
 *
 * @example
 * const dapr = fakeDaprd(app)
 * expect(await dapr.deliver(orderPlaced, { number: 1 })).toBe('SUCCESS')
 *
 * Source: https://docs.dapr.io/reference/api/pubsub_api/
 */
export function fakeDaprd(
  app: AnyElysia,
  { appId = 'app', appToken = process.env.APP_API_TOKEN }: FakeDaprdOptions = {},
): FakeDaprd {
  async function send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Response> {
    await app.modules
    const all = new Headers({
      'accept-encoding': 'gzip',
      'user-agent': 'Go-http-client/1.1',
      host: '127.0.0.1',
    })
    if (body !== undefined) all.set('content-length', `${Buffer.byteLength(body)}`)
    for (const [name, value] of Object.entries(headers)) all.set(name, value)
    const init = { method, headers: all, ...(body && { body }) }
    return await app.handle(new Request(`http://127.0.0.1${path}`, init))
  }

  const token: Record<string, string> = appToken ? { 'dapr-api-token': appToken } : {}
  const json = { 'content-type': 'application/json', ...token }
  const post = (path: string, body: string, headers: Record<string, string> = json) =>
    send('POST', path, headers, body)

  async function subscribed(destination: Destination, route: string | undefined): Promise<Delivery> {
    const answer = await send('GET', '/dapr/subscribe', { ...json, 'dapr-app-id': appId })
    return await deliveryOf(app, answer, destination, route)
  }

  async function deliverEntries(
    { path, isRaw }: Delivery,
    to: Destination,
    data: unknown[],
    options: DeliveredEvent,
  ): Promise<Verdict[]> {
    const entries = data.map(
      (one): BulkEntry => ({
        entryId: crypto.randomUUID(),
        event: isRaw ? rawPayload(one) : cloudEvent(to, one, options),
        metadata: { ...(isRaw && { rawPayload: 'true' }), ...options.metadata },
        contentType: isRaw ? 'application/octet-stream' : 'application/cloudevents+json',
      }),
    )
    const headers = {
      ...json,
      pubsubname: to.pubsub,
      ...(!isRaw && { traceparent: deliverySpan(options.traceparent) }),
    }
    const answer = await post(path, JSON.stringify(bulkEnvelope(to, entries)), headers)
    return await bulkVerdicts(
      answer,
      entries.map(({ entryId }) => entryId),
    )
  }

  return {
    async deliver({ pubsub, name }, data, { route, ...options } = {}) {
      const to = { pubsub, topic: name }
      const delivery = await subscribed(to, route)
      if (delivery.isBulk) return (await deliverEntries(delivery, to, [data], options))[0] ?? 'RETRY'
      const { path, isRaw } = delivery
      const headers = {
        ...(isRaw ? { rawpayload: 'true' } : { traceparent: deliverySpan(options.traceparent) }),
        ...options.metadata,
        'content-type': 'application/cloudevents+json',
        pubsubname: pubsub,
        ...token,
      }
      const event = isRaw ? rawEvent(to, data) : cloudEvent(to, data, options)
      return await eventVerdict(await post(path, JSON.stringify(event), headers))
    },

    async deliverBulk({ pubsub, name }, data, { route, ...options } = {}) {
      const to = { pubsub, topic: name }
      const delivery = await subscribed(to, route)
      if (!delivery.isBulk)
        throw new Error(`The subscription to ${name} of ${pubsub} is no bulk subscription.`)
      return await deliverEntries(delivery, to, data, options)
    },

    async runJob(job, data, { key } = {}) {
      const name = typeof job === 'string' ? job : job.name
      const path = `/job/${jobName(name, key)}`
      return jobVerdict(await post(path, JSON.stringify(data ?? null)))
    },

    async sendBinding(binding, data, metadata = {}) {
      const route = typeof binding === 'string' ? binding : binding.name
      const path = `/${route.replace(/^\//, '')}`
      const asked = await send('OPTIONS', path, json)
      if (!asked.ok && asked.status !== 405) {
        throw new Error(
          `OPTIONS ${path} answers ${asked.status}: daprd would not read the binding for this app.`,
        )
      }
      const headers = { ...metadata, traceparent: deliverySpan(undefined), ...json }
      const { status } = await post(path, data === undefined ? '' : JSON.stringify(data), headers)
      return status === 200 ? 'SUCCESS' : 'RETRY'
    },

    async updateConfiguration(store, key, item) {
      const update = { id: crypto.randomUUID(), items: { [key]: item } }
      const { status } = await post(`/configuration/${store}/${key}`, `${JSON.stringify(update)}\n`)
      return status === 200 ? 'SUCCESS' : 'DROP'
    },

    async isHealthy(path = '/healthz') {
      return (await send('GET', path, {})).ok
    },
  }
}
