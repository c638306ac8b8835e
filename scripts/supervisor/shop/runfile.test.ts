import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstance } from '../session/instance.ts'
import { type RunApp, readRunFile } from './runfile.ts'

const runFile = `
version: 1
common:
  resourcesPaths: [../components/embedded, ./resiliency]
  apiListenAddresses: 127.0.0.1
  maxBodySize: 4Mi
  logLevel: info
  env: { SHARED: common, OVERRIDDEN: common }
apps:
  - appID: gateway
    appDirPath: ..
    appPort: 8000
    daprHTTPPort: 8100
    daprGRPCPort: 8200
    daprInternalGRPCPort: 8300
    metricsPort: 8400
    configFilePath: dapr/configuration/gateway.yaml
    command: [bun, services/gateway/src/main.ts]
    logLevel: debug
    env: { OVERRIDDEN: app }
`

interface ReadOptions {
  env?: Record<string, string>
  set?: string
  insecure?: boolean
  text?: string
}

async function read({
  env = {},
  text = runFile,
  ...options
}: ReadOptions = {}): Promise<{ root: string; app: RunApp }> {
  const root = mkdtempSync(join(tmpdir(), 'runfile-'))
  try {
    mkdirSync(join(root, 'dapr'))
    writeFileSync(join(root, 'dapr/dapr.yaml'), text)
    const [app] = await readRunFile(readInstance({ root, env, ...options }))
    if (!app) throw new Error('no app')
    return { root, app }
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('paths are absolute: common ones from the file, an app’s from its folder', async () => {
  const { root, app } = await read()
  expect(app.directory).toBe(root)
  expect(app.resourcesPaths).toEqual([join(root, 'components/embedded'), join(root, 'dapr/resiliency')])
  expect(app.configFile).toBe(join(root, 'dapr/configuration/gateway.yaml'))
})

test('an app’s keys and variables win over the common ones', async () => {
  const { app } = await read()
  expect(app.flags).toEqual(['--max-body-size=4Mi', '--log-level=debug'])
  expect(app.env).toEqual({ SHARED: 'common', OVERRIDDEN: 'app' })
})

test('an app that speaks gRPC is told from the others, and its sidecar told so', async () => {
  const { app } = await read({ text: runFile.replace('logLevel: debug', 'appProtocol: grpc') })
  expect(app.protocol).toBe('grpc')
  expect(app.flags).toContain('--app-protocol=grpc')
  expect((await read()).app.protocol).toBe('http')
})

test('SHOP_PORT_OFFSET moves every port, GATEWAY_PORT sets the public one', async () => {
  const { app } = await read({ env: { SHOP_PORT_OFFSET: '1200', GATEWAY_PORT: '4000' } })
  expect(app).toMatchObject({
    appPort: 4000,
    httpPort: 9300,
    grpcPort: 9400,
    internalGrpcPort: 9500,
    metricsPort: 9600,
  })
})

test('another set takes the place of the embedded components alone', async () => {
  const { root, app } = await read({ set: 'redis' })
  expect(app.resourcesPaths).toEqual([join(root, 'components/redis'), join(root, 'dapr/resiliency')])
})

test('insecure loads the configuration without mTLS and access control', async () => {
  const { root, app } = await read({ insecure: true })
  expect(app.configFile).toBe(join(root, 'dapr/configuration/insecure.yaml'))
})

test('a key that start cannot honour, or one that is missing, is an error and not ignored', async () => {
  await expect(read({ text: runFile.replace('maxBodySize', 'unixDomainSocket') })).rejects.toThrow(
    "dapr/dapr.yaml: 'bun start' does not know the key unixDomainSocket",
  )
  await expect(read({ text: runFile.replace('    metricsPort: 8400\n', '') })).rejects.toThrow(
    "dapr/dapr.yaml: gateway has no metricsPort. Run 'bun run generate'.",
  )
})

test.each(['12000000', '-1', 'many', '1.5'])('SHOP_PORT_OFFSET=%s is refused', async value => {
  await expect(read({ env: { SHOP_PORT_OFFSET: value } })).rejects.toThrow(
    `SHOP_PORT_OFFSET is '${value}'. Set it to`,
  )
})
