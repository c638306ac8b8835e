import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { fixtureTree } from '../../../check/fixture.ts'
import { loadTopology } from '../../load.ts'
import { renderRunFile } from '../run-file.ts'
import { shutdown, terminationSeconds } from './annotations.ts'
import { renderKubernetes } from './outputs.ts'

const service = (name: string, port: number, more = '') =>
  `name: ${name}\ndescription: Does ${name}.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: ${port}\n${more}`

const component = (name: string, type: string, scopes: string) =>
  `# of the set\napiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: ${name} }\nspec: { type: ${type}, version: v1, metadata: [] }\nauth: { secretStore: secrets }\nscopes: ${scopes}\n`

const files = {
  'services/gateway/service.yaml': service(
    'gateway',
    8000,
    'public: true\ncalls: { orders: [GET /orders/*], stock: [GET /stock] }\n',
  ),
  'services/orders/service.yaml': service(
    'orders',
    8003,
    'secrets: [orders-database]\nstores: [{ name: workflows, needs: [workflows] }]\nenv: { MODE: "on" }\n',
  ),
  'services/orders/migrations/postgres/meta.json': '{}',
  'services/stock/service.yaml': service(
    'stock',
    8004,
    'secrets: [stock-database, key]\nbindings: [supplier]\n',
  ),
  'components/own/workflows.yaml': component('workflows', 'state.redis', '[orders]'),
  'components/own/supplier.yaml': component('supplier', 'bindings.http', '[stock]'),
  'components/own/secrets.yaml': component('secrets', 'secretstores.local.file', '[orders, stock]'),
  'components/embedded/workflows.yaml': component('workflows', 'state.sqlite', '[orders]'),
  'dapr/resiliency/resiliency.yaml':
    'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: shop }\nspec: {}\n',
}

async function rendered(): Promise<Map<string, string>> {
  await using tree = await fixtureTree(files)
  return new Map(renderKubernetes(await loadTopology(tree.root), tree.root))
}

/** The objects of one file, by their kinds. */
async function objectsOf(path: string) {
  const documents = parseAllDocuments((await rendered()).get(path) ?? '').map(each => each.toJS())
  return Object.fromEntries(documents.map(each => [each.kind, each]))
}

test('a service has all that it needs, and one that nobody may reach from outside has no Service', async () => {
  const [gateway, orders] = await Promise.all([
    objectsOf('k8s/base/services/gateway.yaml'),
    objectsOf('k8s/base/services/orders.yaml'),
  ])
  const common = [
    'ServiceAccount',
    'Configuration',
    'Deployment',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
    'NetworkPolicy',
  ]
  expect(Object.keys(gateway).sort()).toEqual([...common, 'Service'].sort())
  expect(Object.keys(orders).sort()).toEqual([...common, 'Role', 'RoleBinding'].sort())
  expect(gateway.Service.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }])
})

test('app-id, port and protocol are those of the run file', async () => {
  const root = resolve(import.meta.dir, '../../../..')
  const topology = await loadTopology(root)
  const { apps } = parse(renderRunFile(topology))
  const outputs = new Map(renderKubernetes(topology, root))
  for (const { appID, appPort, appProtocol } of apps) {
    const documents = parseAllDocuments(outputs.get(`k8s/base/services/${appID}.yaml`) ?? '').map(each =>
      each.toJS(),
    )
    const { template } = documents.find(({ kind }) => kind === 'Deployment').spec
    expect(template.metadata.annotations).toMatchObject({
      'dapr.io/app-id': appID,
      'dapr.io/app-port': String(appPort),
      'dapr.io/app-protocol': appProtocol,
      'dapr.io/config': appID,
    })
    const { env } = template.spec.containers[0]
    expect(env).toContainEqual({ name: 'APP_PORT', value: String(appPort) })
  }
})

test('a database in a file has one owner and a volume; one on a server, or none, has replicas', async () => {
  const stock = await objectsOf('k8s/base/services/stock.yaml')
  expect(stock.HorizontalPodAutoscaler).toBeUndefined()
  expect(stock.PersistentVolumeClaim.metadata.name).toBe('stock')
  expect(stock.Deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
  expect(stock.Deployment.spec.template.spec.volumes).toContainEqual({
    name: 'data',
    persistentVolumeClaim: { claimName: 'stock' },
  })
  const orders = await objectsOf('k8s/base/services/orders.yaml')
  expect(orders.Deployment.spec.replicas).toBeUndefined()
  expect(orders.Deployment.spec.strategy.type).toBe('RollingUpdate')
  expect(orders.PersistentVolumeClaim).toBeUndefined()
})

test('only the sidecar of a service that reads secrets gets a token, for these secrets', async () => {
  const stock = await objectsOf('k8s/base/services/stock.yaml')
  expect(stock.Role.rules).toEqual([
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['key', 'stock-database'], verbs: ['get'] },
  ])
  const { metadata, spec } = stock.Deployment.spec.template
  expect(spec.automountServiceAccountToken).toBe(false)
  expect(metadata.annotations['dapr.io/volume-mounts']).toBe(
    'kubernetes-api-access:/var/run/secrets/kubernetes.io/serviceaccount',
  )
  expect(spec.containers[0].volumeMounts.map(({ name }: { name: string }) => name)).toEqual(['tmp', 'data'])
  const gateway = await objectsOf('k8s/base/services/gateway.yaml')
  expect(gateway.Deployment.spec.template.metadata.annotations['dapr.io/volume-mounts']).toBeUndefined()
})

test('only what is public listens beyond loopback', async () => {
  const host = { name: 'APP_HOST', value: '0.0.0.0' }
  const envOf = async (name: string) =>
    (await objectsOf(`k8s/base/services/${name}.yaml`)).Deployment.spec.template.spec.containers[0].env
  expect(await envOf('gateway')).toContainEqual(host)
  expect(await envOf('orders')).not.toContainEqual(host)
  expect((await rendered()).get('k8s/base/services/orders.yaml')).toContain('value: "on"\n')
})

test('access control has the namespace of Kubernetes, names are found by DNS', async () => {
  const { Configuration } = await objectsOf('k8s/base/services/orders.yaml')
  expect(Configuration.spec.accessControl).toEqual({
    defaultAction: 'deny',
    trustDomain: 'public',
    policies: [
      {
        appId: 'gateway',
        defaultAction: 'deny',
        trustDomain: 'public',
        namespace: 'shop',
        operations: [{ name: '/orders/*', httpVerb: ['GET'], action: 'allow' }],
      },
    ],
  })
  expect(Configuration.spec.nameResolution).toBeUndefined()
})

test('the network lets through who calls and is called, itself for its workflows, and its database', async () => {
  const from = (...names: string[]) =>
    names.map(name => ({ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } }))
  const port = (port: number) => ({ protocol: 'TCP', port })
  const orders = (await objectsOf('k8s/base/services/orders.yaml')).NetworkPolicy.spec
  expect(orders.ingress[0]).toEqual({ from: from('gateway', 'orders'), ports: [port(50002)] })
  expect(orders.egress).toEqual([
    { to: from('orders'), ports: [port(50002)] },
    { ports: [port(5432)] },
    { ports: [port(443), port(6443)] },
  ])
  const gateway = (await objectsOf('k8s/base/services/gateway.yaml')).NetworkPolicy.spec
  expect(gateway.ingress.map(({ ports }: { ports: unknown }) => ports)).toEqual([[port(9090)]])
  expect(gateway.egress).toEqual([{ to: from('orders', 'stock'), ports: [port(50002)] }])
})

test('a set is repeated without its secret store, with the way to its servers; the embedded one is not', async () => {
  const outputs = await rendered()
  expect(outputs.has('k8s/components/embedded/dapr.yaml')).toBe(false)
  const documents = parseAllDocuments(outputs.get('k8s/components/own/dapr.yaml') ?? '').map(each =>
    each.toJS(),
  )
  expect(documents.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    'Component/supplier',
    'Component/workflows',
    'NetworkPolicy/to-port-6379',
  ])
  expect(documents[1]).toEqual(parse(files['components/own/workflows.yaml']))
  expect(documents[2].spec.podSelector.matchExpressions[0].values).toEqual(['orders'])
  const store = parse(outputs.get('k8s/components/secret-store/secrets.yaml') ?? '')
  expect(store).toMatchObject({ spec: { type: 'secretstores.kubernetes' }, scopes: ['orders', 'stock'] })
  expect(parse(outputs.get('k8s/base/services/kustomization.yaml') ?? '').resources).toEqual([
    'gateway.yaml',
    'orders.yaml',
    'stock.yaml',
    'resiliency.yaml',
  ])
})

test('an app has ended before its sidecar does, and both before the kubelet kills them', () => {
  expect(shutdown.beforeDrain + shutdown.drain).toBeLessThanOrEqual(shutdown.block)
  expect(shutdown.block + shutdown.graceful).toBeLessThan(terminationSeconds)
})
