import type { Daprd, DaprdOptions } from 'elysia-dapr/testing'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { daprd, eventually } from '../conformance/environment.ts'
import type { Observer } from './observer.ts'
import { patience } from './patience.ts'
import { type Call, type PeerName, startSubject } from './subject.ts'
import { pubsub, type Report } from './subjects/protocol.ts'

/** One of the two that are compared: a process with a sidecar of its own, and how the observer reaches both. */
export interface Peer extends AsyncDisposable {
  readonly name: PeerName
  readonly appId: string
  readonly sidecar: Daprd
  readonly observer: Observer
  /** Publishes by the peer's sidecar, with no help of either client; resolves when daprd has it. */
  publish(topic: string, body: unknown, options?: PublishOptions): Promise<void>
  readonly call: Call
  /** What a handler has been called with up to now. */
  reports(handler: string): Promise<Report[]>
  /** Waits until a handler has been called with what fits. */
  reported(handler: string, fits?: (report: Report) => boolean): Promise<Report>
  /** Asks the app itself, past the sidecar. */
  app(path: string, init?: RequestInit): Promise<Response>
  /** The path that daprd delivers a topic to. */
  routeOf(topic: string): Promise<string>
  /** Whether the process still answers. */
  isAlive(): Promise<boolean>
}

export interface PublishOptions {
  /** @default `application/json` */
  type?: string
  headers?: Record<string, string>
  /** Metadata of the publication, by its name without `metadata.`. */
  metadata?: Record<string, string>
}

export interface PeerOptions {
  name: PeerName
  /** Of all sidecars, so that they find each other. */
  home: string
  observer: Observer
  sidecar: Pick<DaprdOptions, 'resources' | 'configuration' | 'placement' | 'scheduler'>
}

/** Starts a subject and its sidecar, and waits until daprd delivers to it. */
export async function startPeer({ name, home, observer, sidecar: options }: PeerOptions): Promise<Peer> {
  await using cleanup = new AsyncDisposableStack()
  const [port = 0] = await freePorts(1)
  // Not for the app: the SDK's server waits for the sidecar before it says that it has started.
  const sidecar = cleanup.use(
    await daprd({ ...options, appId: name, app: { port }, home, waitFor: 'outbound' }),
  )
  const subject = cleanup.use(
    startSubject(name, {
      APP_PORT: `${port}`,
      APP_API_TOKEN: sidecar.appToken,
      DAPR_HTTP_PORT: `${sidecar.ports.http}`,
      DAPR_GRPC_PORT: `${sidecar.ports.grpc}`,
      DAPR_API_TOKEN: sidecar.apiToken,
      OBSERVER_HTTP_PORT: `${observer.sidecar.ports.http}`,
      OBSERVER_API_TOKEN: observer.sidecar.apiToken,
    }),
  )
  await subject.ready
  const delivers = async () => (await sidecar.request('/v1.0/healthz')).ok || undefined
  await eventually(delivers, { what: 'daprd delivers', within: patience })

  async function app(path: string, init?: RequestInit): Promise<Response> {
    return await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000), ...init })
  }

  const kept = cleanup.move()
  return {
    name,
    appId: name,
    sidecar,
    observer,
    app,
    call: subject.call,
    isAlive: subject.isAlive,
    async reports(handler) {
      await subject.isAlive()
      return subject.reports.filter(report => report.handler === handler)
    },
    async reported(handler, fits = () => true) {
      const found = () => subject.reports.find(report => report.handler === handler && fits(report))
      return await eventually(found, { what: `${handler} of ${name} is called`, within: patience })
    },
    async publish(topic, body, { type = 'application/json', headers = {}, metadata = {} } = {}) {
      const query = new URLSearchParams()
      for (const [key, value] of Object.entries(metadata)) query.set(`metadata.${key}`, value)
      const answer = await sidecar.request(`/v1.0/publish/${pubsub}/${topic}?${query}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`publish to ${topic}: ${answer.status} ${await answer.text()}`)
    },
    async routeOf(topic) {
      const answer = await app('/dapr/subscribe', { headers: { 'dapr-api-token': sidecar.appToken } })
      const subscriptions = (await answer.json()) as {
        topic: string
        route?: string
        routes?: { default: string }
      }[]
      const found = subscriptions.find(subscription => subscription.topic === topic)
      const route = found?.route ?? found?.routes?.default
      if (route === undefined) throw new Error(`${name} does not subscribe to ${topic}`)
      return route
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
