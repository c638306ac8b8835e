import { afterAll, beforeAll, expect, test } from 'bun:test'
import { getSecret, type Sidecar } from '../../packages/elysia-dapr/src/index.ts'
import { failureOf } from '../conformance/wait.ts'
import { type Sidecars, temporarySidecars } from './sidecars.ts'

let sidecars: Sidecars
let dapr: Sidecar

beforeAll(async () => {
  sidecars = await temporarySidecars({ 'orders-database': 'file:orders.db', 'gateway-key': 'hunter2' })
  dapr = await sidecars.start('cart')
})

afterAll(() => sidecars[Symbol.asyncDispose]())

test('a secret that the configuration allows', async () => {
  expect(await getSecret(dapr, 'secrets', 'orders-database')).toBe('file:orders.db')
})

test.each([
  ['one that is allowed and not there', 'secrets', 'catalog-database', 'ERR_SECRET_GET', 500],
  ['one that is not allowed', 'secrets', 'gateway-key', 'ERR_PERMISSION_DENIED', 403],
  ['a store that is not there', 'vault', 'orders-database', 'ERR_SECRET_STORE_NOT_FOUND', 401],
])('%s', async (_, store, name, code, status) => {
  const error = await failureOf(getSecret(dapr, store, name))
  expect(error).toMatchObject({ name: 'DaprError', code, status })
  expect(Bun.inspect(error)).not.toContain('hunter2')
})
