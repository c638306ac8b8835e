import { expect, test } from 'bun:test'
import { selfSigned } from '../conformance/certificate.ts'
import { type EdgeOptions, openEdge } from './edge.ts'

const own = selfSigned()

/** What an edge answers that is reached at once. */
async function answerOf(
  options: Pick<EdgeOptions, 'host' | 'ca'>,
  init: RequestInit = {},
  breaks = 0,
): Promise<{ status: number; body: string }> {
  using server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls: own,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const said = [request.method, request.headers.get('host'), pathname + search, await request.text()]
      return new Response(said.join(' '), { status: 201 })
    },
  })
  let left = breaks
  await using edge = openEdge({
    ...options,
    forwards: {
      through: (_, call) => call(left-- > 0 ? 1 : (server.port ?? 0)),
      [Symbol.asyncDispose]: async () => undefined,
    },
  })
  const answer = await fetch(`${edge.origin}/orders?limit=3`, init)
  return { status: answer.status, body: await answer.text() }
}

test('what is asked comes to the edge, and its answer back', async () => {
  const trusted = { host: '127.0.0.1', ca: own.cert }
  expect(await answerOf(trusted, { method: 'POST', body: 'tea' })).toEqual({
    status: 201,
    body: 'POST 127.0.0.1 /orders?limit=3 tea',
  })
})

test('a way that breaks is made anew', async () => {
  expect(await answerOf({ host: '127.0.0.1', ca: own.cert }, {}, 2)).toMatchObject({ status: 201 })
})

test.each([
  ['of another authority', { host: '127.0.0.1', ca: selfSigned().cert }],
  ['for another name', { host: 'shop.localhost', ca: own.cert }],
])('a certificate %s is refused', async (_, options) => {
  expect(await answerOf(options)).toMatchObject({ status: 599 })
})
