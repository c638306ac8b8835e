import type { Daprd, DaprdOptions } from 'elysia-dapr/testing'
import { daprd, eventually } from '../conformance/environment.ts'
import { patience } from './patience.ts'
import { pubsub } from './subjects/protocol.ts'

/** An event as it came from daprd. */
export interface Envelope {
  id: string
  topic: string
  datacontenttype?: string
  traceparent?: string
  data?: unknown
  data_base64?: string
}

/**
 * What the clients of the subjects talk to: a sidecar and an app in which neither library has a part. The app takes
 * events of the topics `seen/…`, and answers calls of `/ok`, `/taken` and `/never`.
 */
export interface Observer extends AsyncDisposable {
  readonly appId: string
  readonly sidecar: Daprd
  /** Names of the jobs that were due. */
  readonly jobs: ReadonlySet<string>
  /** The first event of a topic that `topicFor` gave. */
  received(topic: string): Promise<Envelope>
  /** The headers of the last call of `/ok`. */
  headersOf(caller: string): Headers | undefined
}

/** The rows that publish to the observer; each has a topic for each peer. */
const topics = ['zero', 'false', 'empty', 'object', 'instance'] as const

export function topicFor(row: (typeof topics)[number], peer: string): string {
  return `seen-${row}-${peer}`
}

export async function startObserver(
  options: Pick<DaprdOptions, 'home' | 'resources' | 'configuration' | 'scheduler'>,
): Promise<Observer> {
  await using cleanup = new AsyncDisposableStack()
  const events: Envelope[] = []
  const headers = new Map<string, Headers>()
  const jobs = new Set<string>()
  const all = topics.flatMap(row => ['ours', 'sdk'].map(peer => topicFor(row, peer)))

  const app = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 60,
    routes: {
      '/dapr/subscribe': () =>
        Response.json(all.map(topic => ({ pubsubname: pubsub, topic, route: '/events' }))),
      '/events': async request => {
        events.push((await request.json()) as Envelope)
        return Response.json({ status: 'SUCCESS' })
      },
      '/ok/:caller': ({ params, headers: given }) => {
        headers.set(params.caller, given)
        return Response.json({ number: 1 })
      },
      '/job/:name': ({ params }) => {
        jobs.add(params.name)
        return new Response()
      },
      '/taken': () => Response.json({ code: 'taken', by: 'somebody' }, { status: 409 }),
      '/big': () =>
        new Response('{"number":9007199254740993}', { headers: { 'content-type': 'application/json' } }),
      '/never': () => new Promise<Response>(() => undefined),
    },
    fetch: () => new Response(null, { status: 404 }),
  })
  cleanup.defer(() => app.stop(true))
  const appId = 'observer'
  const sidecar = cleanup.use(await daprd({ ...options, appId, app: { port: app.port ?? 0 } }))

  const kept = cleanup.move()
  return {
    appId,
    sidecar,
    jobs,
    headersOf: caller => headers.get(caller),
    async received(topic) {
      const what = `an event of ${topic}`
      return await eventually(() => events.find(event => event.topic === topic), { what, within: patience })
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
