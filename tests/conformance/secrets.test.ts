import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { getSecret, getSecrets, sidecar } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, failureOf, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

const values = {
  database: 'file:orders.db',
  'ünï/code': 'ü',
  bulk: 'all',
  empty: '',
  'gateway-key': 'hunter2',
}

const cleanup = new AsyncDisposableStack()
let dapr: Daprd

beforeAll(async () => {
  const home = cleanup.use(await temporaryFolder())
  const flat = join(home.path, 'flat.json')
  const nested = join(home.path, 'nested.json')
  await Bun.write(flat, JSON.stringify(values))
  await Bun.write(nested, JSON.stringify({ broker: { user: 'shop', password: 'p' } }))
  dapr = cleanup.use(
    await daprd({
      home: home.path,
      resources: [
        component('flat', 'secretstores.local.file', { secretsFile: flat, nestedSeparator: '.' }),
        component('nested', 'secretstores.local.file', { secretsFile: nested, multiValued: true }),
      ],
      configuration: { secrets: { scopes: [{ storeName: 'flat', deniedSecrets: ['gateway-key'] }] } },
    }),
  )
})

afterAll(() => cleanup.disposeAsync())

test.each(['database', 'ünï/code', 'empty'] as const)('a secret may be called %j', async name => {
  expect(await getSecret(dapr, 'flat', name)).toBe(values[name])
})

test('a secret of several values', async () => {
  expect(await getSecret(dapr, 'nested', 'broker', { key: 'password' })).toBe('p')
  const error = await failureOf(getSecret(dapr, 'nested', 'broker', { key: 'url' }))
  expect(error).toMatchObject({ code: 'SECRET_MISSING', status: 404, retryable: false })
  expect(await failureOf(getSecret(dapr, 'nested', 'broker'))).toMatchObject({ code: 'SECRET_MISSING' })
})

test('all secrets are those that the app may read', async () => {
  expect(await getSecrets(dapr, 'flat')).toEqual({
    database: { database: 'file:orders.db' },
    'ünï/code': { 'ünï/code': 'ü' },
    bulk: { bulk: 'all' },
    empty: { empty: '' },
  })
  expect(await getSecrets(dapr, 'nested')).toEqual({ broker: { user: 'shop', password: 'p' } })
})

test('a secret that cannot be read rejects, and is not shown', async () => {
  const denied = await failureOf(getSecret(dapr, 'flat', 'gateway-key'))
  expect(denied).toMatchObject({ code: 'ERR_PERMISSION_DENIED', status: 403, retryable: false })
  expect(Bun.inspect(denied)).not.toContain('hunter2')
  expect(await failureOf(getSecrets(dapr, 'vault'))).toMatchObject({ code: 'ERR_SECRET_STORE_NOT_FOUND' })
  const stranger = sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' })
  expect(await failureOf(getSecrets(stranger, 'flat'))).toMatchObject({ status: 401, retryable: false })
})
