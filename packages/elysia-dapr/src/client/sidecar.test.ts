import { describe, expect, test } from 'bun:test'
import { failureOf, localServer, stalledBody } from '../../test/local-server.ts'
import { DaprError } from '../errors.ts'
import { assertOk, requestText, sidecar, waitForSidecar } from './sidecar.ts'

const never = () => new Promise<Response>(() => undefined)

describe('request', () => {
  test('carries the token and the caller’s headers', async () => {
    using server = localServer(({ headers }) =>
      Response.json([headers.get('dapr-api-token'), headers.get('if-match')]),
    )
    const { request } = server.sidecar({ apiToken: 'secret' })
    expect(await (await request('/', { headers: { 'if-match': '7' } })).json()).toEqual(['secret', '7'])
  })

  test('resolves with an answer of any status', async () => {
    const statuses = [200, 204, 302, 404, 500]
    using server = localServer(({ url }) => {
      const status = Number(new URL(url).pathname.slice(1))
      return new Response(status === 204 ? null : `${status}`, {
        status,
        headers: { location: '/200', etag: 'e' },
      })
    })
    for (const status of statuses) {
      const answer = await server.sidecar().request(`/${status}`)
      expect([answer.status, answer.headers.get('etag')]).toEqual([status, 'e'])
      expect(await answer.text()).toBe(status === 204 ? '' : `${status}`)
    }
  })

  test.each([
    ['does not begin', never],
    ['does not end', stalledBody],
  ])('ends by its time-out when the answer %s', async (_, answer) => {
    using server = localServer(answer)
    const error = await failureOf(server.sidecar().request('/', {}, { timeout: 20 }))
    expect(error).toBeInstanceOf(DaprError)
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      status: 0,
      retryable: true,
      message: 'the sidecar did not answer within 20 ms',
    })
  })

  test('has the sidecar’s time-out unless told otherwise', async () => {
    using server = localServer(never)
    expect(await failureOf(server.sidecar({ timeout: 20 }).request('/'))).toMatchObject({ code: 'TIMEOUT' })
  })

  test.each([
    ['begins', never],
    ['ends', stalledBody],
  ])('can be cancelled before the answer %s', async (_, answer) => {
    const abort = new AbortController()
    using server = localServer(() => {
      setImmediate(() => abort.abort())
      return answer()
    })
    const error = await failureOf(server.sidecar().request('/', {}, { signal: abort.signal }))
    expect(error).toMatchObject({ name: 'DaprError', code: 'ABORTED', retryable: false })
  })

  test('that is cancelled beforehand is not sent', async () => {
    let sent = false
    using server = localServer(() => {
      sent = true
      return new Response()
    })
    const signal = AbortSignal.abort()
    expect(await failureOf(server.sidecar().request('/', {}, { signal }))).toMatchObject({ code: 'ABORTED' })
    expect(sent).toBe(false)
  })

  test.each(['init', 'options'])('can be cancelled by a signal of the %s', async place => {
    const abort = new AbortController()
    using server = localServer(() => {
      abort.abort()
      return never()
    })
    const { signal } = abort
    const other = new AbortController().signal
    const [init, options] = place === 'init' ? [signal, other] : [other, signal]
    const call = server.sidecar().request('/', { signal: init }, { signal: options })
    expect(await failureOf(call)).toMatchObject({ code: 'ABORTED' })
  })

  test.each([Number.NaN, -1, 2 ** 31, 2 ** 32, Number.NEGATIVE_INFINITY])(
    'may not last %p ms',
    async timeout => {
      expect(await failureOf(sidecar().request('/', {}, { timeout }))).toBeInstanceOf(TypeError)
    },
  )

  test.each([Number.POSITIVE_INFINITY, 2 ** 31 - 1, 4_000.5])('may last %p ms', async timeout => {
    using server = localServer(() => new Response('ok'))
    expect(await (await server.sidecar({ timeout }).request('/')).text()).toBe('ok')
  })

  test('without a limit can be cancelled', async () => {
    using server = localServer(never)
    const call = { timeout: Number.POSITIVE_INFINITY, signal: AbortSignal.timeout(20) }
    expect(await failureOf(server.sidecar().request('/', {}, call))).toMatchObject({ code: 'ABORTED' })
  })

  test('says where no sidecar answers', async () => {
    const endpoint = closedPort()
    expect(await failureOf(sidecar({ endpoint }).request('/'))).toMatchObject({
      code: 'UNREACHABLE',
      retryable: true,
      message: `no sidecar answers at ${endpoint}`,
    })
  })

  test.each<[string, () => Promise<unknown>]>([
    ['a GET with a body', () => sidecar().request('/', { body: '{}' })],
    ['a header of two lines', () => sidecar().request('/', { headers: { 'if-match': '7\n8' } })],
    ['a token of two lines', () => sidecar({ apiToken: 'hunter2\n3' }).request('/')],
    ['an endpoint that is no URL', () => sidecar({ endpoint: 'localhost:3500' }).request('/')],
  ])('is not sent for %s, and not tried again', async (_, call) => {
    const error = await failureOf(call())
    expect(error).toBeInstanceOf(TypeError)
    expect(Bun.inspect(error)).not.toContain('hunter2')
  })

  test('keeps the token out of its errors', async () => {
    const error = await failureOf(sidecar({ endpoint: closedPort(), apiToken: 'hunter2' }).request('/'))
    expect(Bun.inspect(error)).not.toContain('hunter2')
  })
})

test('a variable that is empty is none', () => {
  const { DAPR_HTTP_ENDPOINT, DAPR_HTTP_PORT } = process.env
  try {
    Object.assign(process.env, { DAPR_HTTP_ENDPOINT: '', DAPR_HTTP_PORT: '' })
    expect(sidecar().endpoint).toBe('http://127.0.0.1:3500')
    Object.assign(process.env, { DAPR_HTTP_PORT: '3501' })
    expect(sidecar().endpoint).toBe('http://127.0.0.1:3501')
    Object.assign(process.env, { DAPR_HTTP_ENDPOINT: 'http://dapr:1' })
    expect(sidecar().endpoint).toBe('http://dapr:1')
  } finally {
    restore({ DAPR_HTTP_ENDPOINT, DAPR_HTTP_PORT })
  }
})

function restore(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

function closedPort(): string {
  using server = localServer(() => new Response())
  return server.url
}

describe('requestText', () => {
  test('reads the answer as text, in the time of the call', async () => {
    using server = localServer(({ url }) => (url.endsWith('/late') ? stalledBody() : new Response('grün')))
    const target = server.sidecar()
    expect(await requestText({ ...target }, '/')).toMatchObject({ text: 'grün', answer: { status: 200 } })
    expect(await failureOf(requestText(target, '/late', {}, { timeout: 20 }))).toMatchObject({
      code: 'TIMEOUT',
    })
  })

  test('goes through a request that somebody has put in place', async () => {
    const target = { ...sidecar(), request: async (path: string) => new Response(`asked ${path}`) }
    expect((await requestText(target, '/a')).text).toBe('asked /a')
  })
})

describe('waitForSidecar', () => {
  test('resolves once it is ready', async () => {
    let calls = 0
    using server = localServer(({ url }) => {
      if (!url.endsWith('/v1.0/healthz/outbound')) return new Response(null, { status: 404 })
      calls += 1
      return new Response(null, { status: calls < 3 ? 500 : 204 })
    })
    await waitForSidecar(server.sidecar())
    expect(calls).toBe(3)
  })

  test.each([
    ['nothing listens', undefined],
    ['it does not answer', never],
    ['it is never ready', () => new Response(null, { status: 500 })],
  ])('is bounded when %s', async (_, answer) => {
    using server = localServer(answer ?? (() => new Response()))
    const target = sidecar({ endpoint: answer ? server.url : closedPort() })
    expect(await failureOf(waitForSidecar(target, { timeout: 60 }))).toMatchObject({
      code: 'TIMEOUT',
      message: `the sidecar at ${target.endpoint} was not ready within 60 ms`,
    })
  })

  test('can be cancelled', async () => {
    const abort = new AbortController()
    using server = localServer(() => {
      abort.abort()
      return new Response(null, { status: 500 })
    })
    const error = await failureOf(waitForSidecar(server.sidecar(), { signal: abort.signal }))
    expect(error).toMatchObject({ code: 'ABORTED' })
  })
})

describe('assertOk', () => {
  test.each([
    [
      Response.json({ errorCode: 'ERR_STATE_GET', message: 'disk full' }, { status: 500 }),
      'ERR_STATE_GET',
      'read: disk full',
      true,
    ],
    [new Response('<html>', { status: 404 }), 'UNKNOWN', 'read: status 404', false],
    [new Response(null, { status: 429 }), 'UNKNOWN', 'read: status 429', true],
    [new Response(null, { status: 503 }), 'UNKNOWN', 'read: status 503', true],
    [new Response(null, { status: 501 }), 'UNKNOWN', 'read: status 501', false],
    [new Response(null, { status: 505 }), 'UNKNOWN', 'read: status 505', false],
    [new Response('null', { status: 400 }), 'UNKNOWN', 'read: status 400', false],
  ])('%#: says what Dapr says', async (answer, code, message, retryable) => {
    const { status } = answer
    expect(await failureOf(assertOk(answer, 'read'))).toMatchObject({ status, code, message, retryable })
  })
})
