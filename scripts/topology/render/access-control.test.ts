import { describe, expect, test } from 'bun:test'
import { type AclOperation, aclOperations, grpcOperations } from './access-control.ts'

const entries = (...operations: string[]) =>
  aclOperations(operations).map(({ name, httpVerb }) => `${httpVerb?.join(',')} ${name}`)

describe('one entry for what daprd cannot tell apart', () => {
  const cases: [operations: string[], rendered: string[]][] = [
    [['GET /products/*'], ['GET /products/*']],
    [['POST /quotes'], ['POST /quotes']],
    [['PUT /carts/*', 'GET /carts/*'], ['GET,PUT /carts/*']],
    [
      ['GET /stock', 'GET /stock/*', 'GET /reservations/*'],
      ['GET /reservations/*', 'GET /stock/*'],
    ],
    [['POST /orders', 'GET /orders/*'], ['GET,POST /orders/*']],
    [['POST /orders', 'GET /orders/*', 'POST /orders/*/lines'], ['GET,POST /orders/**']],
    [['GET /a/*/b'], ['GET /a/**/b']],
    [['GET /orders/open', 'PUT /orders/*'], ['GET,PUT /orders/*']],
    [['GET /Products', 'POST /products'], ['GET,POST /products']],
    [['GET /'], ['GET /']],
    [['GET /', 'POST /orders'], ['GET,POST /*']],
  ]
  test.each(cases)('%j', (operations, rendered) => {
    expect(entries(...operations)).toEqual(rendered)
  })
})

// daprd's own lookup, pkg/config/acl_trie.go of 1.18.2 (without patterns within a segment, which are never rendered).
interface TrieNode {
  char: string
  data?: AclOperation
  nodes: TrieNode[]
}

function lookUp(operations: readonly AclOperation[], path: string): AclOperation | undefined {
  const root: TrieNode = { char: '/', nodes: [] }
  for (const operation of operations) put(root, operation)
  let node = root
  const parts = path.split('/').slice(1)
  for (const [index, part] of parts.entries()) {
    const isEnd = index === parts.length - 1
    const found = findNode(`/${part}`, node.nodes, isEnd)
    if (!found) return undefined
    if (found.data) {
      if (!isEnd && found.char === '/*') {
        node = found
        continue
      }
      return found.data
    }
    if (isEnd) return findNode('/*', found.nodes, isEnd)?.data
    node = found
  }
  return undefined
}

function put(root: TrieNode, operation: AclOperation): void {
  let node = root
  const parts = operation.name.split('/').slice(1)
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const found = node.nodes.find(({ char }) => char === `/${part}`)
    if (!found) {
      const added: TrieNode = { char: `/${part}`, nodes: [], ...(isLast && { data: operation }) }
      node.nodes.push(added)
      node = added
    } else if (isLast) found.data ??= operation
    else node = found
  }
}

function findNode(char: string, nodes: readonly TrieNode[], isEnd: boolean): TrieNode | undefined {
  return nodes.find(node => node.char === char || (node.char === '/*' && isEnd) || node.char === '/**')
}

const paths = ['/a', '/a/b', '/a/*', '/a/*/c', '/a/b/c', '/a/*/c/*', '/b', '/b/*', '/b/x/y', '/*', '/']

test('whatever is declared is allowed by the lookup of daprd: every triple of these paths', () => {
  for (const first of paths) {
    for (const second of paths) {
      for (const third of paths) {
        const operations = [`GET ${first}`, `POST ${second}`, `PUT ${third}`]
        const rendered = aclOperations(operations)
        for (const operation of operations) {
          const [verb = '', path = ''] = operation.split(' ')
          const allowed = lookUp(rendered, path.replaceAll('*', 'some-id'))
          expect({ operations, operation, allowed: allowed?.httpVerb?.includes(verb) }).toEqual({
            operations,
            operation,
            allowed: true,
          })
        }
      }
    }
  }
})

test('what is beside the declared paths stays denied', () => {
  const rendered = aclOperations(['POST /orders', 'GET /orders/*', 'GET /stock/*'])
  for (const path of [
    '/',
    '/admin',
    '/order',
    '/ordersx',
    '/orders/1/lines',
    '/stock/1/x',
    '/events/order-placed',
  ]) {
    expect({ path, entry: lookUp(rendered, path) }).toEqual({ path, entry: undefined })
  }
})

test('methods of a gRPC service stay as they are written, one entry each', () => {
  const [quote, arrange] = [
    '/shop.shipping.v1.ShippingService/Quote',
    '/shop.shipping.v1.ShippingService/Arrange',
  ]
  const rendered = grpcOperations([`GRPC ${quote}`, `GRPC ${arrange}`])
  expect(rendered).toEqual([
    { name: arrange, action: 'allow' },
    { name: quote, action: 'allow' },
  ])
  for (const path of [quote, arrange]) expect(lookUp(rendered, path)?.name).toBe(path)
  for (const path of [
    quote.toLowerCase(),
    '/shop.shipping.v1.ShippingService/Cancel',
    '/other.Service/Quote',
  ]) {
    expect({ path, entry: lookUp(rendered, path) }).toEqual({ path, entry: undefined })
  }
})
