import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import type { Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { type Provider, ProviderFault, paymentProvider } from '../../services/payments/src/provider.ts'
import { component, daprd, eventually, failureOf, temporaryFolder } from '../conformance/environment.ts'
import { type ProviderProcess, startProvider } from './provider-process.ts'

setDefaultTimeout(60_000)

const authorization = `Bearer ${crypto.randomUUID()}`
const retries = 2
const breaksAfter = 6

/** As the YAML of a set has it: the key comes from the secret store. */
function providerComponent(url: string): Resource {
  return {
    ...component('payment-provider', 'bindings.http'),
    spec: {
      type: 'bindings.http',
      version: 'v1',
      metadata: [
        { name: 'url', value: url },
        { name: 'securityTokenHeader', value: 'Authorization' },
        { name: 'securityToken', secretKeyRef: { name: 'provider-key', key: 'provider-key' } },
      ],
    },
    auth: { secretStore: 'secrets' },
  }
}

const resiliency: Resource = {
  apiVersion: 'dapr.io/v1alpha1',
  kind: 'Resiliency',
  metadata: { name: 'provider' },
  spec: {
    policies: {
      timeouts: { provider: '1s' },
      retries: { provider: { policy: 'constant', duration: '10ms', maxRetries: retries } },
      circuitBreakers: {
        provider: { maxRequests: 1, timeout: '1s', trip: `consecutiveFailures >= ${breaksAfter}` },
      },
    },
    targets: {
      components: {
        'payment-provider': {
          outbound: { timeout: 'provider', retry: 'provider', circuitBreaker: 'provider' },
        },
      },
    },
  },
}

const cleanup = new AsyncDisposableStack()
/** What has reached the provider. */
const asked: { method: string; path: string; key: string | null; authorization: string | null }[] = []
let process: ProviderProcess
let dapr: Daprd
let provider: Provider

beforeAll(async () => {
  process = cleanup.use(await startProvider(authorization))
  const recorder = cleanup.use(
    Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      async fetch(request) {
        const { pathname, search } = new URL(request.url)
        const { method, headers } = request
        asked.push({
          method,
          path: pathname,
          key: headers.get('idempotency-key'),
          authorization: headers.get('authorization'),
        })
        const body = method === 'POST' ? await request.text() : null
        return await fetch(`${process.url}${pathname}${search}`, { method, headers, body }).catch(
          () => new Response(null, { status: 502 }),
        )
      },
    }),
  )
  const home = cleanup.use(await temporaryFolder())
  const secretsFile = join(home.path, 'secrets.json')
  await Bun.write(secretsFile, JSON.stringify({ 'provider-key': authorization }))
  dapr = cleanup.use(
    await daprd({
      logLevel: 'debug',
      resources: [
        component('secrets', 'secretstores.local.file', { secretsFile }),
        providerComponent(recorder.url.origin),
        resiliency,
      ],
    }),
  )
  provider = paymentProvider(dapr)
})

afterAll(() => cleanup.disposeAsync())

afterEach(async () => {
  await process.call('DELETE', '/v1/faults')
  asked.length = 0
})

let number = 0
function ask(reference = `order-${++number}`) {
  return { type: 'authorise' as const, key: `${reference}:authorise`, reference, amountCents: 500 }
}

async function chargesOf(reference: string): Promise<unknown> {
  return await process.call('GET', `/v1/charges?reference=${reference}`)
}

async function fault(asking: Promise<unknown>): Promise<ProviderFault> {
  const error = await failureOf(asking)
  expect(error).toBeInstanceOf(ProviderFault)
  return error as ProviderFault
}

test('an amount is held, taken and given back, each with its key', async () => {
  const step = ask()
  const held = await provider.authorise(step, 'tok_ALFKI')
  expect(held).toMatchObject({ status: 'authorised', capturedCents: 0, refundedCents: 0 })
  const { id: chargeId } = held
  const money = { chargeId, amountCents: 500 }
  const taken = await provider.carryOut({ type: 'capture', key: 'c1', ...money })
  expect(taken).toEqual({ ...held, capturedCents: 500 })
  expect(await provider.carryOut({ type: 'refund', key: 'r1', ...money })).toEqual({
    ...taken,
    refundedCents: 500,
  })
  expect(asked).toEqual(
    [
      ['/v1/charges', step.key],
      [`/v1/charges/${chargeId}/captures`, 'c1'],
      [`/v1/charges/${chargeId}/refunds`, 'r1'],
    ].map(([path = '', key = '']) => ({ method: 'POST', path, key, authorization })),
  )
})

test('what is held is let go', async () => {
  const { id: chargeId } = await provider.authorise(ask(), 'tok_ALFKI')
  expect(await provider.carryOut({ type: 'void', key: 'v1', chargeId })).toMatchObject({ status: 'voided' })
})

test('a card that says no is an answer, and is asked once', async () => {
  expect(await provider.authorise(ask(), 'tok_declined')).toMatchObject({
    status: 'declined',
    reason: 'card-declined',
  })
  expect(asked).toHaveLength(1)
})

test('asked again, it does nothing again', async () => {
  const step = ask()
  const first = await provider.authorise(step, 'tok_ALFKI')
  expect(await provider.authorise(step, 'tok_ALFKI')).toEqual(first)
  expect(await chargesOf(step.reference)).toHaveLength(1)
})

test('asked again with another card, it answers what the first one has led to', async () => {
  const step = ask()
  const first = await provider.authorise(step, 'tok_ALFKI')
  expect(await provider.authorise(step, 'tok_BONAP')).toEqual(first)
  expect(await chargesOf(step.reference)).toHaveLength(1)
})

describe('the policy in YAML', () => {
  test('tries again what fails', async () => {
    await process.call('PUT', '/v1/faults', { failNext: retries })
    const step = ask()
    expect(await provider.authorise(step, 'tok_ALFKI')).toMatchObject({ status: 'authorised' })
    expect(asked.map(({ key }) => key)).toEqual(Array(retries + 1).fill(step.key))
  })

  test('tries again when the answer was lost, which holds nothing twice', async () => {
    await process.call('PUT', '/v1/faults', { loseAnswerEvery: 2 })
    await provider.authorise(ask(), 'tok_ALFKI')
    const step = ask()
    expect(await provider.authorise(step, 'tok_ALFKI')).toMatchObject({ status: 'authorised' })
    expect(asked).toHaveLength(3)
    expect(await chargesOf(step.reference)).toHaveLength(1)
  })

  test('gives up, with a fault that says to ask later', async () => {
    await process.call('PUT', '/v1/faults', { failNext: retries + 1 })
    const step = ask()
    expect(await fault(provider.authorise(step, 'tok_ALFKI'))).toMatchObject({ status: 503, retryable: true })
    expect(asked).toHaveLength(retries + 1)
    expect(await provider.authorise(step, 'tok_ALFKI')).toMatchObject({ status: 'authorised' })
  })

  test('waits no longer than its time-out', async () => {
    await process.call('PUT', '/v1/faults', { delayMs: 1_500 })
    expect(await fault(provider.authorise(ask(), 'tok_ALFKI'))).toMatchObject({ retryable: true })
    await process.call('DELETE', '/v1/faults')
    await provider.authorise(ask(), 'tok_ALFKI')
  })

  test('leaves a provider alone that fails again and again, and asks it again later', async () => {
    await process.call('PUT', '/v1/faults', { failEvery: 1 })
    const opened = await eventually(async () => {
      const error = await fault(provider.authorise(ask(), 'tok_ALFKI'))
      return error.message.includes('circuit breaker is open') ? error : undefined
    })
    expect(opened.retryable).toBe(true)
    await process.call('DELETE', '/v1/faults')
    asked.length = 0
    await fault(provider.authorise(ask(), 'tok_ALFKI'))
    expect(asked).toEqual([])
    await eventually(() => provider.authorise(ask(), 'tok_ALFKI').catch(() => undefined))
    expect(await provider.authorise(ask(), 'tok_ALFKI')).toMatchObject({ status: 'authorised' })
  })
})

test('what the provider refuses is a fault that no retry helps', async () => {
  const { id: chargeId } = await provider.authorise(ask(), 'tok_ALFKI')
  const tooMuch = { type: 'capture' as const, key: 'too-much', chargeId, amountCents: 501 }
  expect(await fault(provider.carryOut(tooMuch))).toMatchObject({ status: 409, retryable: false })
  await provider.authorise(ask(), 'tok_ALFKI')
})

test('a provider that is away is a fault, and works when it is back', async () => {
  await process.kill('SIGKILL')
  expect(await fault(provider.authorise(ask(), 'tok_ALFKI'))).toMatchObject({ retryable: true })
  await process.restart()
  await eventually(() => provider.authorise(ask(), 'tok_ALFKI').catch(() => undefined))
})

test('neither key nor card is in the log of the sidecar, or of the provider, or in an error', async () => {
  await process.call('PUT', '/v1/faults', { failNext: retries + 1 })
  const error = await fault(provider.authorise(ask(), 'tok_SECRETCARD'))
  const said = [dapr.log(), process.log(), Bun.inspect(error)].join('\n')
  expect(said).toContain('request failed')
  expect(said).not.toContain(authorization.slice('Bearer '.length))
  expect(said).not.toContain('tok_SECRETCARD')
})
