import { expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { writeRunRecord } from '../supervisor/session/run-record.ts'
import { findShop, gatewayOrigin } from './gateway.ts'

const originIn = (root: string, env: Record<string, string> = {}) =>
  gatewayOrigin(readInstance({ root, env }))

test('the gateway is on 8000, shifted, or where GATEWAY_PORT says', async () => {
  await using tree = await fixtureTree({})
  expect(originIn(tree.root)).toBe('http://127.0.0.1:8000')
  expect(originIn(tree.root, { SHOP_PORT_OFFSET: '1000' })).toBe('http://127.0.0.1:9000')
  expect(originIn(tree.root, { SHOP_PORT_OFFSET: '1000', GATEWAY_PORT: '8080' })).toBe(
    'http://127.0.0.1:8080',
  )
  expect(() => originIn(tree.root, { GATEWAY_PORT: 'http' })).toThrow("GATEWAY_PORT is 'http'")
})

test('a shop that runs is found without the variables it was started with', async () => {
  await using tree = await fixtureTree({ '.local/run/.keep': '' })
  const { runDir } = readInstance({ root: tree.root, env: {} })
  writeRunRecord(runDir, { command: 'start', url: 'http://127.0.0.1:8123' })
  expect(originIn(tree.root)).toBe('http://127.0.0.1:8123')
  // started by the stock CLI: the starter knows of the infrastructure alone
  writeRunRecord(runDir, { command: 'infra', url: null })
  expect(originIn(tree.root)).toBe('http://127.0.0.1:8000')
})

test('the record of a shop that was killed does not count', async () => {
  const record = JSON.stringify({ pid: process.pid, started: 'before', url: 'http://127.0.0.1:8123' })
  await using tree = await fixtureTree({ '.local/run/starter.json': record })
  expect(originIn(tree.root)).toBe('http://127.0.0.1:8000')
})

test('without a shop the error names the way to start one', async () => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { origin } = server.url
  await server.stop(true)
  await expect(findShop(origin)).rejects.toThrow(/^No shop answers at .+\n.+`bun start`/)
})

test('a gateway that is not ready is no shop', async () => {
  using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response('', { status: 503 }),
  })
  await expect(findShop(server.url.origin)).rejects.toThrow('not ready: it answered 503')
})
