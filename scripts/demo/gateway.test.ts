import { expect, test } from 'bun:test'
import { findShop, gatewayOrigin } from './gateway.ts'

test('the gateway is on 8000, shifted, or where GATEWAY_PORT says', () => {
  expect(gatewayOrigin({})).toBe('http://127.0.0.1:8000')
  expect(gatewayOrigin({ SHOP_PORT_OFFSET: '1000' })).toBe('http://127.0.0.1:9000')
  expect(gatewayOrigin({ SHOP_PORT_OFFSET: '1000', GATEWAY_PORT: '8080' })).toBe('http://127.0.0.1:8080')
  expect(() => gatewayOrigin({ GATEWAY_PORT: 'http' })).toThrow('GATEWAY_PORT must be a number')
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
