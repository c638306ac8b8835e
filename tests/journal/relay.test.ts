import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { dapr, publish } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { type Process, startProcess } from '../../packages/elysia-dapr/src/testing/process.ts'
import { outgoing } from '../../packages/journal/src/change-set.ts'
import { createInbox, type Inbox } from '../../packages/journal/src/inbox.ts'
import type { Journal } from '../../packages/journal/src/journal.ts'
import { listParked, watchParked } from '../../packages/journal/src/parked.ts'
import { startRelay } from '../../packages/journal/src/relay.ts'
import type { TestTables } from '../../packages/journal/test/tables.ts'
import { open } from '../../packages/journal/test/temporary-journal.ts'
import { daprd, eventually, startBroker, temporaryFolder } from '../conformance/environment.ts'
import { counted } from './topics.ts'

setDefaultTimeout(120_000)

const log = { info() {}, warn() {}, error() {} }
const keys = 40
const versions = 50

const cleanup = new AsyncDisposableStack()
let folder: string
let publishing: Daprd
let journal: Journal<TestTables>
let inbox: Inbox
/** The versions of each key in the order of their effects. */
const effects = new Map<string, number[]>()
/** Ids of the events whose first delivery is acknowledged unhandled; undefined: there are none. */
let lost: Set<string> | undefined

beforeAll(async () => {
  const broker = cleanup.use(await startBroker({ ackWaitSeconds: 2 }))
  folder = cleanup.use(await temporaryFolder()).path
  journal = await open(`file:${join(folder, 'consumer.db')}`)
  cleanup.defer(() => journal.close())
  const resources = [broker.component('pubsub')]
  publishing = cleanup.use(await daprd({ appId: 'publisher', resources }))
  cleanup.use(await daprd({ appId: 'consumer', resources, app: consumer }))
  cleanup.defer(watchParked({ journal, inbox, log }))
  // Nothing tells when the broker knows a new subscriber of MQTT.
  await eventually(async () => {
    await publish(publishing, counted, { key: 'first', version: 1, previous: 0 }, { id: 'first' })
    return effects.has('first') || undefined
  })
}, 120_000)

afterAll(() => cleanup.disposeAsync())

function consumer({ appToken }: { appToken: string }) {
  inbox = createInbox({ journal, pubsub: 'pubsub', appId: 'consumer', log })
  journal.onCommit(({ inbox: cause }) => {
    if (cause) effects.set(cause.key, [...(effects.get(cause.key) ?? []), cause.version])
  })
  return new Elysia()
    .onRequest(async ({ request }) => {
      if (!lost || request.method !== 'POST') return undefined
      const { id } = (await request.clone().json()) as { id: string }
      if (lost.has(id)) return undefined
      lost.add(id)
      // what daprd takes a delivery for that fails together with others: see concurrent-failures.test.ts
      return new Response()
    })
    .use(dapr({ appToken }))
    .use(inbox.on(counted, { key: ({ key }) => key, decide: () => undefined }))
}

async function startPublisher(more: Record<string, string> = {}): Promise<Process> {
  const { endpoint, apiToken } = publishing
  const env = {
    ...process.env,
    ...{ DAPR_HTTP_ENDPOINT: endpoint, DAPR_API_TOKEN: apiToken },
    ...{ DATABASE: join(folder, 'publisher.db'), KEYS: `${keys}`, VERSIONS: `${versions}` },
    ...more,
  }
  const command = [process.execPath, join(import.meta.dir, 'publisher.ts')]
  return await startProcess(command, { cwd: folder, env, log: join(folder, 'publisher.log') })
}

const handled = () => effects.values().reduce((sum, each) => sum + each.length, 0) - 1

test('a process that dies while it publishes, again and again: no event is lost, each has its effect once, in order', async () => {
  const wanted = keys * versions
  for (const [calls, when] of [
    [5, 'answered'],
    [9, 'sent'],
    [1, 'answered'],
    [20, 'sent'],
  ] as const) {
    const publisher = await startPublisher({ DIE_AT: `${calls}`, DIE_WHEN: when })
    expect(await publisher.ended).toContain('SIGKILL')
  }
  const publisher = await startPublisher()
  await eventually(() => handled() === wanted || undefined)
  await publisher.end()

  const inOrder = Array.from({ length: versions }, (_, index) => index + 1)
  for (let index = 0; index < keys; index += 1) expect(effects.get(`key-${index}`)).toEqual(inOrder)
  expect(await listParked(journal)).toEqual([])
  const left = await open(`file:${join(folder, 'publisher.db')}`)
  expect(await left.database.select().from(left.tables.outbox)).toEqual([])
  await left.close()
})

test('what is acknowledged and was never handled comes again, also the last event of its aggregate', async () => {
  await using publisher = new AsyncDisposableStack()
  const own = await open(`file:${join(folder, 'again.db')}`)
  publisher.defer(() => own.close())
  const relay = startRelay({
    ...{ journal: own, sidecar: publishing, source: 'publisher', againAfter: 1_000 },
    onError: error => console.log(error),
  })
  publisher.defer(() => relay.stop())

  lost = new Set()
  const ofKey = ['one', 'two', 'three'].map(key => [key, [1, 2, 3]] as const)
  for (const [key, numbers] of ofKey) {
    const events = numbers.map(version => outgoing(counted, key, { key, version, previous: version - 1 }))
    await own.commit({ outbox: events })
  }
  for (const [key, numbers] of ofKey) {
    await eventually(() => effects.get(key)?.length === numbers.length || undefined)
    expect(effects.get(key)).toEqual([...numbers])
  }
  expect(await listParked(journal)).toEqual([])
})
