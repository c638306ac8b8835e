import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { type Affected, affectedBy, allServices } from './affected.ts'

const root = resolve(import.meta.dir, '../..')

async function namesFor(...files: string[]): Promise<string> {
  return names(await affectedBy(files, root))
}

const names = ({ services }: Affected) => services.map(({ name }) => name).join(' ')

const typescript = 'cart catalog gateway inventory orders payments'
const all = `${typescript.replace(' inventory', ' insights inventory')} shipping`

test.each([
  ['services/orders/src/order.ts', 'orders'],
  ['services/orders/contract/index.ts', 'gateway inventory orders payments'],
  ['services/shipping/contract/shipping.proto', 'gateway orders shipping'],
  ['services/insights/requirements.txt', 'insights'],
  ['services/shipping/go.sum', 'shipping'],
  ['services/payments/contract/schemas/payments.schema.json', 'gateway insights orders payments'],
  ['services/inventory/contract/schemas/reservations.schema.json', 'gateway inventory orders'],
  ['packages/journal/src/relay.ts', 'catalog inventory orders payments'],
  ['packages/elysia-dapr/src/index.ts', typescript],
  ['bun.lock', typescript],
  ['images/go.Dockerfile', 'shipping'],
  ['images/python.Dockerfile', 'insights'],
  ['images/typescript.Dockerfile', typescript],
  ['k8s/probe/main.go', all],
  ['.dockerignore', all],
])('%s goes into %s', async (file, expected) => {
  expect(await namesFor(file)).toBe(expected)
})

test('tests, documentation, development and what no service depends on go into no image', async () => {
  const files = [
    'README.md',
    'package.json',
    'docs/topology.md',
    'scripts/cli.ts',
    'tests/shop/cart.test.ts',
    'services/orders/src/order.test.ts',
    'services/orders/test/app.ts',
    'services/shipping/generated_test.go',
    'services/insights/tests/test_app.py',
    'k8s/probe/main_test.go',
    'services/insights/requirements-dev.txt',
    'services/service.schema.json',
    'packages/elysia-dapr/README.md',
    'packages/local-postgres/src/index.ts',
    'packages/payment-provider/src/main.ts',
  ]
  expect(await affectedBy(files, root)).toEqual({ services: [], configuration: [] })
})

test('what is applied to a cluster is told apart, and each service has its reasons', async () => {
  const files = ['components/redis/README.md', 'components/redis/pubsub.yaml', 'k8s/base/orders.yaml']
  expect(await affectedBy([...files, 'services/cart/src/app.ts', 'services/cart/gone.ts'], root)).toEqual({
    services: [
      {
        name: 'cart',
        language: 'typescript',
        because: ['services/cart/src/app.ts', 'services/cart/gone.ts'],
      },
    ],
    configuration: ['components/redis/pubsub.yaml', 'k8s/base/orders.yaml'],
  })
})

test('all are all', async () => {
  expect(names(await allServices(root))).toBe(await namesFor('.dockerignore'))
})
