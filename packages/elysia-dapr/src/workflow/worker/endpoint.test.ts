import { expect, test } from 'bun:test'
import { grpcOrigin } from './endpoint.ts'

test.each([
  ['127.0.0.1:50001', 'http://127.0.0.1:50001'],
  ['[::1]:50001', 'http://[::1]:50001'],
  ['http://dapr.local:3500', 'http://dapr.local:3500'],
  ['https://dapr.example', 'https://dapr.example'],
  ['https://dapr.example:8443/', 'https://dapr.example:8443'],
  ['dapr.example?tls=true', 'https://dapr.example:443'],
  ['dapr.example:4443?tls=false', 'http://dapr.example:4443'],
  ['dns:dapr.example:50001', 'http://dapr.example:50001'],
  ['dns://8.8.8.8/dapr.example:50001?tls=true', 'https://dapr.example:50001'],
])('%s', (endpoint, origin) => {
  expect(grpcOrigin(endpoint)).toBe(origin)
})

test.each(['', 'unix:/tmp/dapr.sock', 'http://host/path', 'ftp://host', ':50001'])('%p is none', endpoint => {
  expect(() => grpcOrigin(endpoint)).toThrow(TypeError)
})
