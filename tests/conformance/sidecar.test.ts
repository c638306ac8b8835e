import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { getMetadata, sidecar, waitForSidecar } from '../../packages/elysia-dapr/src/index.ts'
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
