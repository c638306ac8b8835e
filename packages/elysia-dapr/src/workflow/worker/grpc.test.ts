import { afterEach, expect, test } from 'bun:test'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { openChannel } from './grpc.ts'

const ending: (() => void)[] = []

afterEach(() => {
  for (const end of ending.splice(0)) end()
})

/** A server for what no sidecar does on demand. */
async function channelTo(answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void) {
  const server = createServer()
  server.on('stream', answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const channel = await openChannel(`http://127.0.0.1:${port}`, { apiToken: 'secret' })
  ending.push(() => {
    channel.close()
    server.close()
  })
  return channel
}

function framed(text: string): Buffer {
  const message = Buffer.from(text)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function respond(stream: ServerHttp2Stream, chunks: Buffer[], trailers: Record<string, string>): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
}

test('a call has a path, a token and one message, and gets one', async () => {
  const seen: unknown[] = []
  const channel = await channelTo((stream, headers) => {
    stream.on('data', (data: Buffer) =>
      seen.push([headers[':path'], headers['dapr-api-token'], `${data.subarray(5)}`]),
    )
    stream.on('end', () => respond(stream, [framed('answer')], { 'grpc-status': '0' }))
  })
  expect(`${await channel.call('/Service/Method', Buffer.from('question'))}`).toBe('answer')
  expect(seen).toEqual([['/Service/Method', 'secret', 'question']])
})

test('a stream may be cut anywhere', async () => {
  const texts = ['', 'a', 'b'.repeat(100_000), 'ä']
  const bytes = Buffer.concat(texts.map(framed))
  const chunks = [
    bytes.subarray(0, 3),
    bytes.subarray(3, 12),
    bytes.subarray(12, 60_000),
    bytes.subarray(60_000),
  ]
  const channel = await channelTo(stream => respond(stream, chunks, { 'grpc-status': '0' }))
  const received: string[] = []
  await channel.receive('/Service/Stream', Buffer.alloc(0), message => received.push(`${message}`))
  expect(received).toEqual(texts)
})

test.each<[string, (stream: ServerHttp2Stream) => void, { code: number; message: string }]>([
  [
    'a status after messages',
    stream => respond(stream, [framed('x')], { 'grpc-status': '2', 'grpc-message': 'no%20such%20task' }),
    { code: 2, message: 'no such task' },
  ],
  [
    'a status alone',
    stream =>
      stream.respond({ ':status': 200, 'grpc-status': '16', 'grpc-message': '100%' }, { endStream: true }),
    { code: 16, message: '100%' },
  ],
  [
    'no gRPC',
    stream => stream.respond({ ':status': 404 }, { endStream: true }),
    { code: 14, message: 'HTTP 404' },
  ],
  [
    'a compressed message',
    stream => respond(stream, [Buffer.from([1, 0, 0, 0, 0])], { 'grpc-status': '0' }),
    { code: 2, message: 'a compressed message, which nobody asked for' },
  ],
  ['an end without a status', stream => stream.close(8), { code: 14, message: expect.any(String) as never }],
])('%s is an error', async (_, answer, error) => {
  const channel = await channelTo(answer)
  const failure = await channel.call('/Service/Method', Buffer.alloc(0)).catch(failure => failure)
  expect(failure).toMatchObject({ name: 'GrpcError', ...error })
})

test('what is called of a closed channel, or of nobody, rejects', async () => {
  const channel = await channelTo(stream => respond(stream, [], { 'grpc-status': '0' }))
  channel.close()
  expect(await channel.call('/Service/Method', Buffer.alloc(0)).catch(failure => failure)).toMatchObject({
    code: 14,
  })
  const nobody = await openChannel('http://127.0.0.1:1', {})
  expect(await nobody.call('/Service/Method', Buffer.alloc(0)).catch(failure => failure)).toMatchObject({
    code: 14,
  })
  nobody.close()
})
