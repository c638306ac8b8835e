import { expect, test } from 'bun:test'
import { applyLoad } from './load.ts'

const request = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}'
const expected = { start: 'HTTP/1.1 200', end: 'done' }
const signal = new AbortController().signal

function serve(answer: (request: Request) => Response | Promise<Response>) {
  return Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
}

test('counts what the server has answered', async () => {
  let received = 0
  using server = serve(async request => {
    if ((await request.text()) === '{}') received++
    return new Response('done')
  })
  const load = await applyLoad({ port: server.port ?? 0, request, expected, seconds: 0.05, signal })
  expect(load.answered).toBe(received)
  expect(received).toBeGreaterThanOrEqual(32)
  expect(load.seconds).toBeGreaterThanOrEqual(0.05)
})

test('an answer that comes in pieces is one answer', async () => {
  let received = 0
  using server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      async data(socket) {
        received++
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndo')
        await Bun.sleep(5)
        socket.write('ne')
      },
    },
  })
  const { port } = server
  const load = await applyLoad({ port, request, expected, seconds: 0.05, signal, connections: 2 })
  expect(load.answered).toBe(received)
})

test.each([
  ['another status', () => new Response('done', { status: 500 })],
  ['another body', () => new Response('x'.repeat(20_000))],
])('%s is a failure', async (_, answer) => {
  using server = serve(answer)
  const load = applyLoad({ port: server.port ?? 0, request, expected, seconds: 10, signal })
  await expect(load).rejects.toThrow('unexpected answer: HTTP/1.1 ')
})

test('a connection that is closed is a failure', async () => {
  using server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { data: socket => void socket.end() },
  })
  const load = applyLoad({ port: server.port, request, expected, seconds: 10, signal })
  await expect(load).rejects.toThrow('a connection was closed')
})

test('an interrupt ends it', async () => {
  const interrupt = new AbortController()
  using server = serve(() => {
    interrupt.abort(new Error('interrupted'))
    return new Response('done')
  })
  const { port = 0 } = server
  const load = applyLoad({ port, request, expected, seconds: 60, signal: interrupt.signal })
  await expect(load).rejects.toThrow('interrupted')
})
