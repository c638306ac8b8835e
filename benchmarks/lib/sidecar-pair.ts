import { component, type Daprd, type DaprdOptions, daprd, temporaryFolder } from 'elysia-dapr/testing'
import { startBroker } from '../../tests/conformance/broker.ts'
import type { Setting } from './benchmark.ts'
import { key, order, published, publishRequest, pubsub, store, topicOf } from './delivery.ts'
import { applyLoad } from './load.ts'
import { startSubject } from './subject.ts'

/** A daprd, and what it is run with. */
export interface SidecarKind extends Pick<DaprdOptions, 'configuration' | 'env'> {
  /** Path of daprd. */
  binary: string
}

export interface PairOptions extends Pick<Setting, 'signal' | 'round'> {
  /** Path of nats-server. */
  broker: string
  /** Further arguments of a sidecar. */
  argsOf?: (appId: string) => string[]
}

/** Two sidecars beside an app, of which one calls the app through the other. */
export interface SidecarPair {
  caller: Daprd
  callee: Daprd
  /** Calls a second, 16 at a time, for so many seconds. */
  invoke(seconds: number): Promise<number>
  /** Invokes, publishes, and reads and writes a state store, all at the same time. */
  use(seconds: number): Promise<void>
}

type Load = Pick<Parameters<typeof applyLoad>[0], 'request' | 'expected' | 'connections'>

const callee = 'callee'
// the store has the keys of an object in the order of the alphabet
const read = { start: 'HTTP/1.1 200', end: `"total":${JSON.parse(order).total}}` }
// what another sidecar answers is passed on in chunks
const invoked = { start: 'HTTP/1.1 200', end: '0\r\n\r\n' }
const invocation: Load = {
  request: request('GET', `/v1.0/invoke/${callee}/method/orders/1`),
  expected: invoked,
  connections: 16,
}
const posted: Load = {
  request: request('POST', `/v1.0/invoke/${callee}/method/orders`, order),
  expected: invoked,
  connections: 8,
}
const publication: Load = { request: publishRequest(topicOf(0)), expected: published, connections: 4 }
const reading: Load = {
  request: request('GET', `/v1.0/state/${store}/${key}`),
  expected: read,
  connections: 4,
}
const writing: Load = {
  request: request('POST', `/v1.0/state/${store}`, `[{"key":"${key}","value":${order}}]`),
  expected: published,
  connections: 1,
}

/** Starts them with the embedded broker and a store on SQLite, as the shop has them. */
export async function startSidecarPair(
  kind: SidecarKind,
  { broker: nats, signal, round, argsOf = () => [] }: PairOptions,
): Promise<SidecarPair> {
  const folder = round.use(await temporaryFolder())
  const broker = round.use(await startBroker({ binary: nats }))
  const resources = [
    broker.component(pubsub),
    component(store, 'state.sqlite', { connectionString: `${folder.path}/{appID}.db`, busyTimeout: '30s' }),
  ]
  const subject = round.use(startSubject({ file: 'sidecar/app.ts' }, signal))
  const app = await subject.next<{ port: number }>()
  const common = { ...kind, app, resources, home: folder.path, apiToken: '', appToken: '' }
  const start = async (appId: string) => round.use(await daprd({ ...common, appId, args: argsOf(appId) }))
  const pair = { callee: await start(callee), caller: await start('caller') }
  const { http: port } = pair.caller.ports
  const apply = (load: Load, seconds: number) => applyLoad({ ...load, port, seconds, signal })
  // there has to be something to read
  await apply(writing, 0.01)
  return {
    ...pair,
    async invoke(seconds) {
      const load = await apply(invocation, seconds)
      return load.answered / load.seconds
    },
    async use(seconds) {
      const loads = [{ ...invocation, connections: 8 }, posted, publication, reading, writing]
      await Promise.all(loads.map(load => apply(load, seconds)))
    },
  }
}

function request(method: string, path: string, body?: string): string {
  const headers =
    body === undefined ? [] : [`Content-Length: ${body.length}`, 'Content-Type: application/json']
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', body ?? ''].join('\r\n')
}
