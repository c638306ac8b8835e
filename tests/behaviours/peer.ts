import { join } from 'node:path'
import type { Daprd, DaprdOptions } from 'elysia-dapr/testing'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { daprd } from '../conformance/environment.ts'
import { eventually } from './eventually.ts'
import type { Observer } from './observer.ts'
import {
  type Calls,
  type FromSubject,
  type Outcome,
  pubsub,
  type Report,
  type ToSubject,
} from './subjects/protocol.ts'

export type PeerName = 'ours' | 'sdk'

/** One of the two that are compared: a process with a sidecar of its own, and how the observer reaches both. */
export interface Peer extends AsyncDisposable {
  readonly name: PeerName
  readonly appId: string
  readonly sidecar: Daprd
  readonly observer: Observer
  /** Publishes by the peer's sidecar, with no help of either client; resolves when daprd has it. */
  publish(topic: string, body: unknown, options?: PublishOptions): Promise<void>
  /** Has the subject's client do something, and says what its caller is told; undefined: nothing within the time. */
  call<Name extends keyof Calls>(
    name: Name,
    args: Parameters<Calls[Name]>,
    options?: { within?: number },
  ): Promise<Outcome | undefined>
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
  await eventually('daprd delivers', async () => {
    return (await sidecar.request('/v1.0/healthz')).ok || undefined
  })

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
      return await eventually(`${handler} of ${name} is called`, () =>
        subject.reports.find(report => report.handler === handler && fits(report)),
      )
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

export interface Subject extends AsyncDisposable {
  readonly reports: Report[]
  readonly ready: Promise<void>
  call: Peer['call']
  isAlive(): Promise<boolean>
}

/** A subject without a sidecar. */
export function startSubject(name: PeerName, env: Record<string, string>): Subject {
  const reports: Report[] = []
  const answers = new Map<number, (outcome?: Outcome) => void>()
  const started = Promise.withResolvers<void>()
  let calls = 0
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'subjects', `${name}.ts`)], {
    env: { ...process.env, ...env },
    stdin: 'ignore',
    // What either logs of the failures that are made here.
    stdout: 'ignore',
    stderr: process.env.BEHAVIOURS_LOG ? 'inherit' : 'ignore',
    ipc(message: FromSubject) {
      if ('ready' in message) started.resolve()
      else if ('report' in message) reports.push(message.report)
      else answers.get(message.id)?.(message.outcome)
    },
  })
  void child.exited.then(code => {
    started.reject(new Error(`${name} ended with ${code}`))
    for (const answer of answers.values()) answer()
  })
  // Whoever waits for it hears of it.
  started.promise.catch(() => undefined)

  const call: Peer['call'] = async (call, args, { within = 10_000 } = {}) => {
    if (child.exitCode !== null) return undefined
    const id = calls++
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>()
    const timer = setTimeout(resolve, within)
    answers.set(id, resolve)
    child.send({ id, call, args } satisfies ToSubject)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      answers.delete(id)
    }
  }

  return {
    reports,
    ready: started.promise,
    call,
    isAlive: async () => (await call('ping', [])) !== undefined,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}
