import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { parse } from 'yaml'
import { fixtureTree } from '../check/fixture.ts'
import { loadTopology } from './load.ts'
import { renderOutputs } from './outputs.ts'
import { applyChanges, findChanges } from './write.ts'

const files = {
  'services/cart/service.yaml':
    'name: cart\ndescription: Carts.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: 8002\nsecrets: [z-key, a-key]\n',
  'services/gateway/service.yaml':
    'name: gateway\ndescription: Edge.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: 8000\ncalls: { cart: [GET /carts/*], shipping: [GRPC /shop.v1.Shipping/Get] }\nenv: { MODE: x }\n',
  'services/shipping/service.yaml':
    'name: shipping\ndescription: Ships.\nlanguage: go\nwithout: nothing is shipped\ncommand: [.local/build/shipping]\nprotocol: grpc\nport: 8006\n',
}

async function outputsOf(root: string) {
  return await renderOutputs(await loadTopology(root), root)
}

async function rendered(path: string) {
  await using tree = await fixtureTree(files)
  return parse((await outputsOf(tree.root)).get(path) ?? '')
}

test('the run file holds every service with its ports and its own configuration', async () => {
  const { version, common, apps } = await rendered('dapr/dapr.yaml')
  expect(version).toBe(1)
  expect(common).toMatchObject({
    apiListenAddresses: '127.0.0.1',
    enableAppHealthCheck: true,
    appHealthCheckPath: '/healthz',
  })
  expect(apps).toEqual([
    {
      appID: 'cart',
      appDirPath: '..',
      appPort: 8002,
      appProtocol: 'http',
      daprHTTPPort: 8102,
      daprGRPCPort: 8202,
      daprInternalGRPCPort: 8302,
      metricsPort: 8402,
      configFilePath: 'dapr/configuration/cart.yaml',
      command: ['bun', 'main.ts'],
    },
    expect.objectContaining({ appID: 'gateway', appPort: 8000, env: { MODE: 'x' } }),
    expect.objectContaining({ appID: 'shipping', appProtocol: 'grpc' }),
  ])
})

test('a configuration allows exactly the declared callers and secrets', async () => {
  const { spec } = await rendered('dapr/configuration/cart.yaml')
  expect(spec.mtls).toEqual({ enabled: true })
  expect(spec.accessControl).toEqual({
    defaultAction: 'deny',
    trustDomain: 'public',
    policies: [
      {
        appId: 'gateway',
        defaultAction: 'deny',
        trustDomain: 'public',
        namespace: 'default',
        operations: [{ name: '/carts/*', httpVerb: ['GET'], action: 'allow' }],
      },
    ],
  })
  // sorted: daprd looks names up by binary search
  expect(spec.secrets.scopes).toEqual([
    { storeName: 'secrets', defaultAccess: 'deny', allowedSecrets: ['a-key', 'z-key'] },
  ])
})

test('of a service that speaks gRPC its methods are allowed', async () => {
  const { spec } = await rendered('dapr/configuration/shipping.yaml')
  expect(spec.accessControl.policies).toEqual([
    {
      appId: 'gateway',
      defaultAction: 'deny',
      trustDomain: 'public',
      namespace: 'default',
      operations: [{ name: '/shop.v1.Shipping/Get', action: 'allow' }],
    },
  ])
})

test('a service that nobody calls and that has no secret is closed', async () => {
  const { spec } = await rendered('dapr/configuration/gateway.yaml')
  expect(spec.accessControl).toEqual({ defaultAction: 'deny', trustDomain: 'public', policies: [] })
  expect(spec.secrets.scopes).toEqual([{ storeName: 'secrets', defaultAccess: 'deny' }])
})

test('the insecure configuration has neither mTLS nor access control', async () => {
  const { spec } = await rendered('dapr/configuration/insecure.yaml')
  expect(Object.keys(spec).sort()).toEqual(['metrics', 'nameResolution', 'secrets'])
})

test('the pictures have every call, every event and what each service keeps', async () => {
  await using tree = await fixtureTree({
    ...files,
    'services/stock/service.yaml':
      'name: stock\ndescription: Stock.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: 8004\npublishes: [stock]\nsubscribes: [stock]\nsecrets: [stock-database]\nbindings: [supplier]\n',
    'README.md': '# Shop\n\n<!-- topology: generated -->\n<!-- /topology -->\n\nEnd.\n',
  })
  const outputs = await outputsOf(tree.root)
  const picture = [
    '```mermaid',
    'flowchart LR',
    '  cart',
    '  gateway',
    '  shipping["shipping (Go)"]',
    '  stock',
    '  gateway --> cart',
    '  gateway -- gRPC --> shipping',
    '  stock -. "stock" .-> stock',
    '  stock --- stock_database[(database)]',
    '  stock -- binding --> component_supplier{{"supplier"}}',
    '```',
  ].join('\n')
  expect(outputs.get('README.md')).toBe(
    `# Shop\n\n<!-- topology: generated -->\n\n${picture}\n\n<!-- /topology -->\n\nEnd.\n`,
  )
  const page = outputs.get('docs/topology.md')
  expect(page).toContain(picture)
  expect(page).toContain('| [gateway](../services/gateway) | [cart](../services/cart) | `GET /carts/*` |')
  expect(page).toContain('Without its toolchain it is left out: nothing is shipped.')
})

test('changes are found, written, and what a removed service left behind goes', async () => {
  await using tree = await fixtureTree({
    ...files,
    'dapr/configuration/gone.yaml': 'old',
    'dapr/dapr.yaml': 'stale',
  })
  const outputs = await outputsOf(tree.root)
  const changes = await findChanges(outputs, tree.root)
  expect(changes).toContainEqual({ path: 'dapr/dapr.yaml', kind: 'changed' })
  expect(changes).toContainEqual({ path: 'dapr/configuration/cart.yaml', kind: 'new' })
  expect(changes).toContainEqual({ path: 'dapr/configuration/gone.yaml', kind: 'removed' })
  await applyChanges(changes, outputs, tree.root)
  expect(await findChanges(outputs, tree.root)).toEqual([])
  expect(existsSync(`${tree.root}/dapr/configuration/gone.yaml`)).toBe(false)
  expect(await Bun.file(`${tree.root}/dapr/dapr.yaml`).text()).toStartWith(
    "# Generated by 'bun run generate' from services/*/service.yaml. Do not edit.\n",
  )
})
