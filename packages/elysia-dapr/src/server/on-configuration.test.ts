import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import type { ConfigurationItems } from '../client/configuration.ts'
import { fakeDaprd } from '../testing/fake.ts'
import { dapr } from './dapr.ts'
import { type ConfigurationContext, onConfiguration } from './on-configuration.ts'

function setUp(handler: (context: ConfigurationContext) => void = () => undefined) {
  return new Elysia()
    .use(dapr({ appToken: 'secret' }))
    .use(onConfiguration('settings', handler)) as unknown as Elysia
}

function post(app: Elysia, path: string, body: unknown, headers: Record<string, string> = {}) {
  const init = {
    method: 'POST',
    headers: { 'dapr-api-token': 'secret', ...headers },
    body: JSON.stringify(body),
  }
  return app.handle(new Request(`http://localhost${path}`, init))
}

test('an update is the item that it is about', async () => {
  const seen: ConfigurationItems[] = []
  const app = setUp(({ items }) => void seen.push(items))
  const sidecar = fakeDaprd(app, { appToken: 'secret' })
  expect(await sidecar.updateConfiguration('settings', 'a', { value: '1', version: 'v1' })).toBe('SUCCESS')
  const items = { a: { value: '1' }, b: { value: '2', metadata: { x: 'y' } } }
  await post(app, '/configuration/settings/b', { id: '1', items })
  expect(seen).toEqual([
    { a: { value: '1', version: 'v1', metadata: {} } },
    { b: { value: '2', version: '', metadata: { x: 'y' } } },
  ])
})

test('an item whose key is spelled otherwise in the path, and one that was deleted, are there', async () => {
  const seen: ConfigurationItems[] = []
  const app = setUp(({ items }) => void seen.push(items))
  await post(app, '/configuration/settings/xA', { id: '1', items: { 'x%41': {} } })
  expect(seen).toEqual([{ 'x%41': { value: '', version: '', metadata: {} } }])
})

test('a handler that throws is no success', async () => {
  const app = setUp(() => JSON.parse('{'))
  const sidecar = fakeDaprd(app, { appToken: 'secret' })
  expect(await sidecar.updateConfiguration('settings', 'a', { value: '1' })).toBe('DROP')
})

test('its route is the own sidecar’s, and is there once for a store', async () => {
  const app = setUp()
  const forbidden = await post(app, '/configuration/settings/a', {}, { 'dapr-caller-app-id': 'x' })
  expect(forbidden.status).toBe(403)
  app.use(onConfiguration('settings', () => undefined))
  expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow(
    'two routes answer POST /configuration/settings/*',
  )
  await app.stop(true)
})
