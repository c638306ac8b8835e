import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import {
  binding,
  decrypt,
  deleteJob,
  encrypt,
  getConfiguration,
  getJob,
  getMetadata,
  getSecret,
  getSecrets,
  invokeBinding,
  job,
  type Sidecar,
  scheduleJob,
  setMetadata,
  shutdown,
  sidecar,
  stateStore,
  subscribeConfiguration,
  tryLock,
  waitForSidecar,
} from '../../packages/elysia-dapr/src/index.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
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

  test('is bounded', async () => {
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
const bytes = new Uint8Array([1])
const notes = (target: Sidecar) => stateStore(target, 'notes', Type.Unknown())

const calls: ((target: Sidecar) => Promise<unknown>)[] = [
  target => notes(target).get('a'),
  target => notes(target).getBulk(['a']),
  target => notes(target).save('a', 1),
  target => notes(target).delete('a'),
  target => notes(target).transaction([{ operation: 'delete', key: 'a' }]),
  target => getSecret(target, 'secrets', 'a'),
  target => getSecrets(target, 'secrets'),
  target => getConfiguration(target, 'settings', ['a']),
  target => subscribeConfiguration(target, 'settings', ['a']),
  target => invokeBinding(target, binding('payments'), 'create'),
  target => scheduleJob(target, work, 1, { dueTime: '0s' }),
  target => getJob(target, work),
  target => deleteJob(target, work),
  target => tryLock(target, 'locks', 'a', { expiry: 1 }),
  target => encrypt(target, 'keys', bytes, { key: 'a', algorithm: 'AES' }),
  target => decrypt(target, 'keys', bytes),
  target => getMetadata(target),
  target => setMetadata(target, 'a', 'b'),
  target => shutdown(target),
]

describe('every call', () => {
  test('with a wrong token is refused, for ever', async () => {
    await using dapr = await daprd()
    const stranger = sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' })
    for (const call of calls) {
      expect(await failureOf(call(stranger))).toMatchObject({
        name: 'DaprError',
        status: 401,
        retryable: false,
      })
    }
  })

  test('without a sidecar says that there is none', async () => {
    const [port = 0] = await freePorts(1)
    const nobody = sidecar({ endpoint: `http://127.0.0.1:${port}` })
    for (const call of calls) {
      expect(await failureOf(call(nobody))).toMatchObject({
        name: 'DaprError',
        code: 'UNREACHABLE',
        retryable: true,
      })
    }
  })

  test('of what the sidecar does not have rejects', async () => {
    await using dapr = await daprd()
    const others = calls.slice(0, 10).concat(calls.slice(13, 16))
    for (const call of others) {
      const error = await failureOf(call(dapr))
      expect(error).toMatchObject({ body: { errorCode: expect.stringMatching(/^[A-Z_]+$/) } })
    }
  })
})
