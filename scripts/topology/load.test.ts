import { describe, expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'
import { loadTopology } from './load.ts'
import { TopologyError } from './problem.ts'

const head = (name: string, port: number) =>
  `name: ${name}\ndescription: Does ${name}.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: ${port}\n`

const shop = {
  catalog: head('catalog', 8001),
  orders: `${head('orders', 8003)}calls:\n  catalog:\n    - POST /quotes\npublishes: [order-placed]\n`,
}

async function load(services: Record<string, string>) {
  const files = Object.entries(services).map(([name, text]) => [`services/${name}/service.yaml`, text])
  await using tree = await fixtureTree(Object.fromEntries(files))
  return await loadTopology(tree.root)
}

async function problemsOf(services: Record<string, string>): Promise<string[]> {
  try {
    await load(services)
  } catch (error) {
    if (error instanceof TopologyError) return error.message.split('\n')
    throw error
  }
  return []
}

/** What is wrong with one service that stands beside a right shop. */
async function problemsIn(text: string): Promise<string[]> {
  const problems = await problemsOf({ ...shop, cart: text })
  return problems.map(problem => problem.replace('services/cart/service.yaml', 'cart'))
}

const cart = head('cart', 8002)

test('loads services in the order of their names, with defaults and derived ports', async () => {
  const { services } = await load({ ...shop, cart: `${cart}env: { SEED_DIR: data }\n` })
  expect(services.map(({ name }) => name)).toEqual(['cart', 'catalog', 'orders'])
  expect(services[0]).toEqual({
    name: 'cart',
    description: 'Does cart.',
    language: 'typescript',
    command: ['bun', 'main.ts'],
    build: [],
    without: '',
    protocol: 'http',
    port: 8002,
    public: false,
    calls: {},
    publishes: [],
    subscribes: [],
    stores: [],
    storeNeeds: {},
    bindings: [],
    crypto: [],
    secrets: [],
    env: { SEED_DIR: 'data' },
    dir: 'services/cart',
    ports: { app: 8002, http: 8102, grpc: 8202, internalGrpc: 8302, metrics: 8402 },
  })
})

test('a store is its name, or its name and what is needed of it', async () => {
  const stores = 'stores: [baskets, { name: carts, needs: [etag, ttl] }]\n'
  const { services } = await load({ ...shop, cart: `${cart}${stores}` })
  expect(services[0]).toMatchObject({
    stores: ['baskets', 'carts'],
    storeNeeds: { baskets: [], carts: ['etag', 'ttl'] },
  })
})

describe('every problem names its place, the value and the way out', () => {
  const cases: [name: string, text: string, problem: string][] = [
    [
      'a store with a need that there is not',
      `${cart}stores:\n  - { name: carts, needs: [etags] }\n`,
      'cart:7:5: stores[0] is {"name":"carts","needs":["etags"]}; write the metadata.name of a component in components/, e.g. carts, or { name: carts, needs: [etag] } with needs of etag, ttl, transactions, workflows',
    ],
    [
      'a store twice, in both forms',
      `${cart}stores:\n  - carts\n  - { name: carts, needs: [etag] }\n`,
      'cart:8:5: stores has "carts" twice; remove it: line 7 has it already',
    ],
    [
      'an unknown key',
      `${cart}subscribe: []\n`,
      'cart:6:1: unknown key "subscribe"; did you mean "subscribes"?',
    ],
    [
      'an unknown key like no other',
      `${cart}zzz: 1\n`,
      'cart:6:1: unknown key "zzz"; use one of name, description, language, build, without, command, protocol, port, public, calls, publishes, subscribes, stores, bindings, crypto, secrets, env',
    ],
    [
      'a missing key',
      cart.replace(/port.*\n/, ''),
      "cart:1:1: port is missing; add it: The port it listens on. Its sidecar's follow: HTTP +100, gRPC +200, internal gRPC +300, metrics +400.",
    ],
    [
      'a wrong type',
      cart.replace('8002', '"8002"'),
      'cart:5:7: port is "8002"; use a whole number from 1024 to 65135 (the sidecar uses ports up to 400 above it)',
    ],
    [
      'a bad port',
      cart.replace('8002', '80'),
      'cart:5:7: port is 80; use a whole number from 1024 to 65135 (the sidecar uses ports up to 400 above it)',
    ],
    [
      'a bad language',
      cart.replace('typescript', 'rust'),
      'cart:3:11: language is "rust"; use one of typescript, go, python',
    ],
    [
      'a name that is not the folder',
      cart.replace('name: cart', 'name: carts'),
      'cart:1:7: name is "carts" but the folder is "cart"; write "name: cart" or rename the folder',
    ],
    [
      'a doubled port',
      cart.replace('8002', '8001'),
      'services/catalog/service.yaml:5:7: port 8001 makes 8001 the app port, which is the app port of cart already; choose another port, e.g. the next free one of 8000 to 8099',
    ],
    [
      'a port that a sidecar has',
      cart.replace('8002', '7901'),
      'services/catalog/service.yaml:5:7: port 8001 makes 8001 the app port, which is the sidecar HTTP port of cart already; choose another port, e.g. the next free one of 8000 to 8099',
    ],
    [
      'a port of the infrastructure',
      cart.replace('8002', '8110'),
      'cart:5:7: port 8110 makes 8510 the sidecar metrics port, which is the broker port already; choose another port, e.g. the next free one of 8000 to 8099',
    ],
    [
      'a call to an unknown service',
      `${cart}calls:\n  catalogue:\n    - GET /products\n`,
      'cart:7:3: calls the unknown service "catalogue"; did you mean "catalog"?',
    ],
    [
      'a call to itself',
      `${cart}calls:\n  cart:\n    - GET /carts\n`,
      'cart:7:3: cart calls itself; call the function directly',
    ],
    [
      'a malformed operation',
      `${cart}calls:\n  catalog:\n    - GET /products\n    - get products\n`,
      'cart:9:7: calls.catalog[1] is "get products"; write "VERB /path" with * for one variable segment, e.g. GET /products/*, or "GRPC /package.Service/Method"',
    ],
    [
      'a malformed gRPC method',
      `${cart}calls:\n  catalog:\n    - GRPC shop.Catalog/Quote\n`,
      'cart:8:7: calls.catalog[0] is "GRPC shop.Catalog/Quote"; write "VERB /path" with * for one variable segment, e.g. GET /products/*, or "GRPC /package.Service/Method"',
    ],
    [
      'a gRPC method of a service that speaks HTTP',
      `${cart}calls:\n  catalog:\n    - GET /products\n    - GRPC /shop.v1.Catalog/Quote\n`,
      'cart:9:7: calls "GRPC /shop.v1.Catalog/Quote" of catalog, which speaks HTTP; write "VERB /path", e.g. GET /products/*, or set "protocol: grpc" in services/catalog/service.yaml',
    ],
    [
      'an unknown protocol',
      `${cart}protocol: thrift\n`,
      'cart:6:11: protocol is "thrift"; use one of http, grpc',
    ],
    [
      'a build in one string',
      `${cart}build: go build\n`,
      'cart:6:8: build is "go build"; write a list of the program and its arguments, e.g. [go, -C, services/shipping, build]',
    ],
    [
      'a service that may be skipped, and nothing about what the shop lacks then',
      cart.replace('typescript', 'go'),
      'cart:3:11: without is missing for a service in go; add it: What the shop lacks while it is skipped for want of its toolchain, e.g. a flat shipping price is charged.',
    ],
    [
      'an operation without a list',
      `${cart}calls:\n  catalog: GET /products\n`,
      'cart:7:12: calls.catalog is "GET /products"; list the operations, e.g. [GET /products/*]',
    ],
    [
      'a topic that nobody publishes',
      `${cart}subscribes: [order-place]\n`,
      'cart:6:14: subscribes to "order-place", which nobody publishes; did you mean "order-placed"?',
    ],
    [
      'a topic that another service publishes',
      `${cart}publishes: [order-placed]\n`,
      'services/orders/service.yaml:9:13: publishes "order-placed", which cart publishes already; give each topic one publisher, whose contract holds its events',
    ],
    [
      'a doubled topic',
      `${cart}publishes:\n  - cart-emptied\n  - cart-emptied\n`,
      'cart:8:5: publishes has "cart-emptied" twice; remove it: line 7 has it already',
    ],
    [
      'a value that is no string',
      `${cart}env:\n  LIMIT: 5\n`,
      'cart:7:10: env.LIMIT is 5; put the value in quotes: environment variables are strings',
    ],
    [
      'a variable of the starter',
      `${cart}env:\n  DAPR_API_TOKEN: x\n`,
      'cart:7:3: env sets DAPR_API_TOKEN; remove it: the starter sets APP_*, DAPR_* and NAMESPACE',
    ],
    [
      'a doubled key',
      `${cart}port: 8005\n`,
      'cart:6:1: not valid YAML: Map keys must be unique; correct the syntax',
    ],
    [
      'a list instead of keys',
      '- name: cart\n',
      'cart:1:1: expected keys and values, found [{"name":"cart"}]; begin with "name: cart"',
    ],
    ['an empty file', '', 'cart:1:1: expected keys and values, found null; begin with "name: cart"'],
    ['an alias', `${cart}secrets: &x [a]\nstores: *x\n`, 'cart:7:9: *x is a YAML alias; write the value out'],
  ]

  test.each(cases)('%s', async (_, text, problem) => {
    expect(await problemsIn(text)).toEqual([problem])
  })

  test('broken syntax', async () => {
    const [problem, ...rest] = await problemsIn(`${cart}secrets: [a\n`)
    expect(problem).toStartWith('cart:7:1: not valid YAML: ')
    expect(rest).toEqual([])
  })
})

test('an operation of HTTP is none of a service that speaks gRPC, whose methods are', async () => {
  const shipping = `${head('shipping', 8006).replace('typescript', 'go')}without: flat\nprotocol: grpc\n`
  const calling = (operation: string) => `${cart}calls:\n  shipping:\n    - ${operation}\n`
  expect(await problemsOf({ cart: calling('GRPC /shop.v1.Shipping/Get'), shipping })).toEqual([])
  expect(await problemsOf({ cart: calling('GET /shipments/*'), shipping })).toEqual([
    'services/cart/service.yaml:8:7: calls "GET /shipments/*" of shipping, which speaks gRPC; write "GRPC /package.Service/Method", as its .proto has them',
  ])
})

test('all problems of all files come at once, in the order of their places', async () => {
  const problems = await problemsOf({
    catalog: head('catalog', 8001).replace('port: 8001', 'prot: 8001'),
    cart: `${head('cart', 99999)}calls: { orderz: [GET /x] }\nsecrets: [A]\n`,
    orders: `${head('orders', 8003)}calls: { catalog: [POST /quotes], basket: [GET /x] }\n`,
  })
  expect(problems.map(problem => problem.slice(0, problem.indexOf(';')))).toEqual([
    'services/cart/service.yaml:5:7: port is 99999',
    'services/cart/service.yaml:7:11: secrets[0] is "A"',
    'services/catalog/service.yaml:1:1: port is missing',
    'services/catalog/service.yaml:5:1: unknown key "prot"',
    'services/orders/service.yaml:6:35: calls the unknown service "basket"',
  ])
})

test('without any service it says what to add', async () => {
  await using tree = await fixtureTree({})
  await expect(loadTopology(tree.root)).rejects.toThrow('add services/<name>/service.yaml')
})
