import { describe, expect, spyOn, test } from 'bun:test'
import { type TSchema, Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { spans, startTracing } from '../../test/traced.ts'
import { binding } from '../contract.ts'
import { fakeDaprd } from '../testing/fake.ts'
import { dapr } from './dapr.ts'
import { onBinding } from './on-binding.ts'
import { drop, retry } from './outcome.ts'

const files = binding('new-file', { data: Type.Object({ name: Type.String() }) })

const appOf = (part: Elysia) => new Elysia().use(dapr({ appToken: 'secret' })).use(part) as unknown as Elysia
const daprOf = (part: Elysia) => fakeDaprd(appOf(part), { appToken: 'secret' })

describe('what a binding delivers', () => {
  test('is data and headers', async () => {
    const seen: unknown[] = []
    const part = onBinding(files, ({ data, headers, signal }) => {
      seen.push([data, headers.get('key'), signal.aborted])
    })
    expect(await daprOf(part).sendBinding('new-file', { name: 'a' }, { key: 'k' })).toBe('SUCCESS')
    expect(seen).toEqual([[{ name: 'a' }, 'k', false]])
  })

  test.each([
    ['JSON', '{"a":1}', { a: 1 }],
    ['text', 'a,b\n', 'a,b\n'],
    ['nothing', '', undefined],
    ['an integer that no number can hold', '9007199254740993', '9007199254740993'],
  ])('may be %s', async (_, body, expected) => {
    const seen: unknown[] = []
    const app = appOf(onBinding(binding('any'), ({ data }) => void seen.push(data)))
    const headers = { 'dapr-api-token': 'secret', 'content-type': 'application/json' }
    const answer = await app.handle(new Request('http://localhost/any', { method: 'POST', headers, body }))
    expect(answer.status).toBe(200)
    expect(seen).toEqual([expected])
  })

  test.each([
    ['throws', () => JSON.parse('{')],
    ['asks for it', () => retry('not yet')],
    ['takes too long', () => new Promise<undefined>(() => {})],
  ])('is tried again when its handler %s', async (_, handler) => {
    const part = onBinding(files, handler, { timeout: 20 })
    expect(await daprOf(part).sendBinding('new-file', { name: 'a' })).toBe('RETRY')
  })

  test('and is dropped is told on the console', async () => {
    const console_ = spyOn(console, 'error').mockImplementation(() => {})
    try {
      const sidecar = daprOf(onBinding(files, () => drop('seen')))
      expect(await sidecar.sendBinding('new-file', { name: 'a' })).toBe('SUCCESS')
      expect(await sidecar.sendBinding('new-file', { name: 1 })).toBe('SUCCESS')
      expect(console_.mock.calls).toEqual([
        ['something of the binding new-file was dropped: seen'],
        ['something of the binding new-file was dropped: data/name: Expected string'],
      ])
    } finally {
      console_.mockRestore()
    }
  })
})

test('its route is the own sidecar’s', async () => {
  const app = appOf(onBinding(files, () => undefined, { route: '/files/new' }))
  const init = { method: 'POST', headers: { 'dapr-api-token': 'secret', 'dapr-caller-app-id': 'x' } }
  expect((await app.handle(new Request('http://localhost/files/new', init))).status).toBe(403)
})

test.each<[string, TSchema, string | Uint8Array, unknown]>([
  ['bytes as they are', Type.Uint8Array(), Uint8Array.of(255, 254, 0), Uint8Array.of(255, 254, 0)],
  ['the bytes of JSON', Type.Uint8Array(), '{}', Uint8Array.of(123, 125)],
  ['no bytes', Type.Uint8Array(), '', new Uint8Array()],
  ['bytes that are no text', Type.Unknown(), Uint8Array.of(255), Uint8Array.of(255)],
  ['a text that is a number', Type.String(), '23.5', '23.5'],
  ['a text that is null', Type.String(), 'null', 'null'],
  ['a text in JSON', Type.String(), '"a"', 'a'],
  ['an empty text', Type.String(), '', ''],
  ['a number', Type.Union([Type.Number(), Type.String()]), '23.5', 23.5],
])('data are what the schema wants: %s', async (_, data, body, expected) => {
  const seen: unknown[] = []
  const app = appOf(onBinding(binding('any', { data }), context => void seen.push(context.data)))
  const headers = { 'dapr-api-token': 'secret', 'content-type': 'application/json' }
  const answer = await app.handle(new Request('http://localhost/any', { method: 'POST', headers, body }))
  expect(answer.status).toBe(200)
  expect(seen).toEqual([expected])
})

test('bytes that are no text are no object', async () => {
  const dropped: unknown[] = []
  const app = appOf(onBinding(files, () => undefined, { onDrop: (...told) => dropped.push(told) }))
  const init = { method: 'POST', headers: { 'dapr-api-token': 'secret' }, body: Uint8Array.of(255) }
  await app.handle(new Request('http://localhost/new-file', init))
  expect(dropped).toEqual([[Uint8Array.of(255), 'data: neither JSON nor text']])
})

test('daprd alone may ask whether the app takes it', async () => {
  const app = appOf(onBinding(files, () => undefined))
  const ask = async (headers: Record<string, string>) =>
    (await app.handle(new Request('http://localhost/new-file', { method: 'OPTIONS', headers }))).status
  expect(await ask({ 'dapr-api-token': 'secret' })).toBe(200)
  expect(await ask({})).toBe(401)
  expect(await ask({ 'dapr-api-token': 'secret', 'dapr-caller-app-id': 'x' })).toBe(403)
})

test('it may not be below a prefix, where daprd does not look', async () => {
  const app = appOf(
    new Elysia({ prefix: '/api' }).use(onBinding(files, () => undefined)) as unknown as Elysia,
  )
  expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow(
    'daprd calls /new-file, which is /api/new-file here',
  )
  await app.stop(true)
})

test.each(['', 'x', '/:id', '/*', '/a?b', '/a b', '//'])('no route is %j', route => {
  expect(() => onBinding(files, () => undefined, { route })).toThrow(TypeError)
})

test('the handler runs in a span of the trace that it came with', async () => {
  const end = startTracing()
  try {
    const app = appOf(onBinding(files, () => undefined))
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const init = {
      method: 'POST',
      headers: { 'dapr-api-token': 'secret', traceparent },
      body: '{"name":"a"}',
    }
    await app.handle(new Request('http://localhost/new-file', init))
    const [span] = spans.getFinishedSpans()
    expect([span?.name, span?.parentSpanContext?.spanId]).toEqual(['binding new-file', 'b7ad6b7169203331'])
  } finally {
    end()
  }
})
