import { afterEach, expect, test } from 'bun:test'
import { temporaryFolder } from 'elysia-dapr/testing'
import { sidecarEnvironment } from '../../../dapr/sidecar-settings.ts'
import { readInstance } from '../session/instance.ts'
import type { RunApp } from './runfile.ts'
import { appPart, sidecarPart } from './service-parts.ts'

const cart: RunApp = {
  id: 'cart',
  appPort: 1,
  httpPort: 2,
  grpcPort: 3,
  internalGrpcPort: 4,
  metricsPort: 5,
  directory: '.',
  command: ['bun', 'main.ts'],
  env: {},
  configFile: 'cart.yaml',
  resourcesPaths: [],
  healthPath: '/healthz',
  protocol: 'http',
  flags: [],
}

const { GOGC } = process.env
afterEach(() => {
  if (GOGC === undefined) delete process.env.GOGC
  else process.env.GOGC = GOGC
})

test('a sidecar has the settings of the shop, or the person’s; its app has none of them', async () => {
  await using folder = await temporaryFolder()
  const instance = readInstance({ root: folder.path, env: {} })
  const sidecar = () => sidecarPart(cart, { daprd: 'daprd', instance, security: undefined }).env
  delete process.env.GOGC
  expect(sidecar()).toMatchObject(sidecarEnvironment)
  expect(appPart(cart, { security: undefined }).env).not.toHaveProperty('GOGC')
  process.env.GOGC = '50'
  expect(sidecar()).toMatchObject({ ...sidecarEnvironment, GOGC: '50' })
})
