import { afterEach, expect, test } from 'bun:test'
import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { answersGrpc } from './probe.ts'

let server: Http2Server | undefined
afterEach(() => server?.close())

/** The port of an app that answers each call like this. */
async function app(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
): Promise<number> {
  server = createServer()
  server.on('stream', answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const grpc = { ':status': 200, 'content-type': 'application/grpc' }

/** As gRPC servers do it: the status comes after the message. */
function answerWith(stream: ServerHttp2Stream, status: string): void {
  stream.respond(grpc, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
  stream.end(Buffer.alloc(5))
}

test('an app that is well, asked as daprd asks', async () => {
  const asked: unknown[] = []
  const port = await app((stream, headers) => {
    asked.push(headers[':path'], headers['dapr-api-token'])
    answerWith(stream, '0')
  })
  expect(await answersGrpc(port, { headers: { 'dapr-api-token': 'secret' } })).toBe(true)
  expect(asked).toEqual(['/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck', 'secret'])
})

test('one that says it is not, at the end or at once, is not', async () => {
  const later = await app(stream => answerWith(stream, '14'))
  expect(await answersGrpc(later)).toBe(false)
  server?.close()
  const atOnce = await app(stream => stream.respond({ ...grpc, 'grpc-status': '12' }, { endStream: true }))
  expect(await answersGrpc(atOnce)).toBe(false)
})

test('nobody, somebody who speaks something else, and one that hangs', async () => {
  const other = Bun.listen({
    ...{ hostname: '127.0.0.1', port: 0 },
    socket: { data: socket => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
  })
  const { port } = other
  expect(await answersGrpc(port)).toBe(false)
  other.stop(true)
  expect(await answersGrpc(port)).toBe(false)
  const hanging = await app(() => {})
  expect(await answersGrpc(hanging, { signal: AbortSignal.timeout(50) })).toBe(false)
})
