import { expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia } from 'elysia'
import {
  dapr as daprPlugin,
  getMetadata,
  setMetadata,
  shutdown,
  sidecar,
} from '../../packages/elysia-dapr/src/index.ts'
import { component, daprd, eventually, failureOf } from './environment.ts'

setDefaultTimeout(60_000)

test('the metadata say what the sidecar has', async () => {
  const app = ({ appToken }: { appToken: string }) => new Elysia().use(daprPlugin({ appToken }))
  await using dapr = await daprd({
    appId: 'orders',
    app,
    resources: [component('memory', 'state.in-memory')],
  })
  const metadata = await getMetadata(dapr)
  expect(metadata).toMatchObject({ id: 'orders', runtimeVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  expect(metadata.components).toMatchObject([{ name: 'memory', type: 'state.in-memory', version: 'v1' }])
  expect(metadata.components?.[0]?.capabilities).toContain('ETAG')
  expect(metadata.appConnectionProperties).toMatchObject({ port: dapr.ports.app, protocol: 'http' })
  expect(metadata.scheduler).toBeUndefined()
})

test('metadata that are set are shown', async () => {
  await using dapr = await daprd()
  await setMetadata(dapr, 'ü/name', 'ü value')
  await setMetadata(dapr, 'empty', '')
  expect((await getMetadata(dapr)).extended).toMatchObject({ 'ü/name': 'ü value', empty: '' })
  expect(await failureOf(setMetadata(dapr, '', 'x'))).toBeInstanceOf(TypeError)
})

test('shutdown ends daprd', async () => {
  await using dapr = await daprd()
  const stranger = sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' })
  expect(await failureOf(shutdown(stranger))).toMatchObject({ status: 401, retryable: false })
  expect((await getMetadata(dapr)).id).toBe('app')
  await shutdown(dapr)
  const error = await eventually(() =>
    getMetadata(dapr).then(
      () => undefined,
      error => error,
    ),
  )
  expect(error).toMatchObject({ name: 'DaprError', code: 'UNREACHABLE', retryable: true })
})
