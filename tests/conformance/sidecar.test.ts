import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import {
  binding,
  client,
  DaprError,
  decrypt,
  deleteJob,
  encrypt,
  endpoint,
  getConfiguration,
  getJob,
  getMetadata,
  getSecret,
  getSecrets,
  invoke,
  invokeBinding,
  job,
  publish,
  publishBulk,
  type Sidecar,
  scheduleJob,
  setMetadata,
  shutdown,
  sidecar,
  stateStore,
  subscribeConfiguration,
  topic,
  tryLock,
  waitForSidecar,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import {
  getWorkflow,
  pauseWorkflow,
  purgeWorkflow,
  raiseEvent,
  resumeWorkflow,
  startWorkflow,
  terminateWorkflow,
  waitForWorkflow,
  workflow,
} from '../../packages/elysia-dapr/src/workflow/index.ts'
import { daprd, failureOf } from './environment.ts'

setDefaultTimeout(60_000)

describe('waiting for the sidecar', () => {
  test('ends when it takes calls, which is before the app listens', async () => {
    const [port = 0] = await freePorts(1)
    await using dapr = await daprd({ app: { port }, waitFor: 'outbound' })
    await waitForSidecar(dapr)
    expect((await dapr.request('/v1.0/healthz')).ok).toBe(false)
    expect((await getMetadata(dapr)).id).toBe('app')
  })

  test('needs no token, unlike the calls', async () => {
    await using dapr = await daprd()
    const stranger = sidecar({ endpoint: dapr.endpoint, apiToken: '' })
    await waitForSidecar(stranger)
    expect(await failureOf(getMetadata(stranger))).toMatchObject({
      name: 'DaprError',
      status: 401,
      retryable: false,
    })
  })

  test('lasts while it restarts', async () => {
    await using dapr = await daprd()
    await dapr.kill()
    expect(await failureOf(getMetadata(dapr))).toMatchObject({ code: 'UNREACHABLE', retryable: true })
    await Promise.all([waitForSidecar(dapr), dapr.restart()])
    expect((await getMetadata(dapr)).id).toBe('app')
  })

  test('ends with an error after its timeout, when there is no sidecar', async () => {
    const [port = 0] = await freePorts(1)
    const start = performance.now()
    const error = await failureOf(
      waitForSidecar(sidecar({ endpoint: `http://127.0.0.1:${port}` }), { timeout: 200 }),
    )
    expect(error).toMatchObject({ name: 'DaprError', code: 'TIMEOUT', retryable: true })
    expect(performance.now() - start).toBeWithin(200, 5_000)
  })

  test('can be cancelled', async () => {
    const [port = 0] = await freePorts(1)
    const cancel = new AbortController()
    const target = sidecar({ endpoint: `http://127.0.0.1:${port}` })
    const waiting = failureOf(waitForSidecar(target, { signal: cancel.signal }))
    cancel.abort()
    expect(await waiting).toMatchObject({ name: 'DaprError', code: 'ABORTED', retryable: false })
  })
})

const work = job('work', Type.Unknown())
const placed = topic('pubsub', 'placed', Type.Unknown())
const bytes = new Uint8Array([1])
const flow = workflow('flow', { events: { paid: Type.Unknown() } }, function* (context) {
  yield* context.waitFor('paid')
})
const contract = { getItem: endpoint({ method: 'GET', path: '/items' }) }
const notes = (target: Sidecar) => stateStore(target, 'notes', Type.Unknown())

interface Call {
  call: (target: Sidecar) => Promise<unknown>
  /** The code that it rejects with where the sidecar lacks what it needs; none: it needs nothing. */
  lacking?: string
  /** The code that it rejects with where there is no sidecar. @default `UNREACHABLE` */
  alone?: string
}

const state = 'ERR_STATE_STORE_NOT_CONFIGURED'
const pubsub = 'ERR_PUBSUB_NOT_FOUND'
const app = 'ERR_DIRECT_INVOKE'
const secrets = 'ERR_SECRET_STORES_NOT_CONFIGURED'
const configuration = 'ERR_CONFIGURATION_STORE_NOT_CONFIGURED'
const crypto = 'ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED'
const placement = 'ERR_ACTOR_NO_PLACEMENT'

const calls: Record<string, Call> = {
  'state get': { call: target => notes(target).get('a'), lacking: state },
  'state getBulk': { call: target => notes(target).getBulk(['a']), lacking: state },
  'state save': { call: target => notes(target).save('a', 1), lacking: state },
  'state delete': { call: target => notes(target).delete('a'), lacking: state },
  'state transaction': {
    call: target => notes(target).transaction([{ operation: 'delete', key: 'a' }]),
    lacking: state,
  },
  publish: { call: target => publish(target, placed, 1), lacking: pubsub },
  publishBulk: { call: target => publishBulk(target, placed, [{ data: 1 }]), lacking: pubsub },
  invoke: { call: target => invoke(target, 'other', '/'), lacking: app },
  client: { call: target => client(target, 'other', contract).getItem({}), lacking: app },
  getSecret: { call: target => getSecret(target, 'secrets', 'a'), lacking: secrets },
  getSecrets: { call: target => getSecrets(target, 'secrets'), lacking: secrets },
  getConfiguration: { call: target => getConfiguration(target, 'settings', ['a']), lacking: configuration },
  subscribeConfiguration: {
    call: target => subscribeConfiguration(target, 'settings', ['a']),
    lacking: configuration,
  },
  invokeBinding: {
    call: target => invokeBinding(target, binding('payments'), 'create'),
    lacking: 'ERR_INVOKE_OUTPUT_BINDING',
  },
  scheduleJob: {
    call: target => scheduleJob(target, work, 1, { dueTime: '0s' }),
    lacking: 'DAPR_SCHEDULER_SCHEDULE_JOB',
  },
  getJob: { call: target => getJob(target, work), lacking: 'DAPR_SCHEDULER_GET_JOB' },
  deleteJob: { call: target => deleteJob(target, work), lacking: 'DAPR_SCHEDULER_DELETE_JOB' },
  tryLock: {
    call: target => tryLock(target, 'locks', 'a', { expiry: 1 }),
    lacking: 'ERR_LOCK_STORE_NOT_CONFIGURED',
  },
  encrypt: {
    call: target => encrypt(target, 'keys', bytes, { key: 'a', algorithm: 'AES' }),
    lacking: crypto,
  },
  decrypt: { call: target => decrypt(target, 'keys', bytes), lacking: crypto },
  startWorkflow: { call: target => startWorkflow(target, flow), lacking: placement },
  getWorkflow: { call: target => getWorkflow(target, flow, 'a'), lacking: placement },
  // It goes on waiting while the sidecar is away.
  waitForWorkflow: {
    call: target => waitForWorkflow(target, flow, 'a', { timeout: 500 }),
    lacking: placement,
    alone: 'TIMEOUT',
  },
  raiseEvent: { call: target => raiseEvent(target, flow, 'a', 'paid', 1), lacking: placement },
  pauseWorkflow: { call: target => pauseWorkflow(target, 'a'), lacking: placement },
  resumeWorkflow: { call: target => resumeWorkflow(target, 'a'), lacking: placement },
  terminateWorkflow: { call: target => terminateWorkflow(target, 'a'), lacking: placement },
  purgeWorkflow: { call: target => purgeWorkflow(target, 'a'), lacking: placement },
  getMetadata: { call: target => getMetadata(target) },
  setMetadata: { call: target => setMetadata(target, 'a', 'b') },
  shutdown: { call: target => shutdown(target) },
}

describe('every call', () => {
  let dapr: Daprd
  let nobody: Sidecar

  beforeAll(async () => {
    dapr = await daprd()
    const [port = 0] = await freePorts(1)
    nobody = sidecar({ endpoint: `http://127.0.0.1:${port}` })
  })

  afterAll(() => dapr?.[Symbol.asyncDispose]())

  const all = Object.entries(calls).map(([name, call]) => ({ name, ...call }))

  test.each(all)('with a wrong token is refused, for ever: $name', async ({ call }) => {
    const error = await failureOf(call(sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' })))
    expect(error).toBeInstanceOf(DaprError)
    expect(error).toMatchObject({ status: 401, retryable: false })
  })

  test.each(all)(
    'without a sidecar says that there is none: $name',
    async ({ call, alone = 'UNREACHABLE' }) => {
      const error = await failureOf(call(nobody))
      expect(error).toBeInstanceOf(DaprError)
      expect(error).toMatchObject({ status: 0, code: alone, retryable: true })
    },
  )

  test.each(all.filter(({ lacking }) => lacking !== undefined))(
    'of what the sidecar lacks says so: $name',
    async ({ call, lacking }) => {
      const error = await failureOf(call(dapr))
      expect(error).toBeInstanceOf(DaprError)
      expect((error as DaprError).code).toBe(lacking ?? '')
    },
  )
})
