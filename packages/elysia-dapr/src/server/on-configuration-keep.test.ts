import { expect, spyOn, test } from 'bun:test'
import { Elysia } from 'elysia'
import { localServer } from '../../test/local-server.ts'
import { spans, startTracing } from '../../test/traced.ts'
import type { ConfigurationItems } from '../client/configuration.ts'
import { dapr } from './dapr.ts'
import { onConfiguration } from './on-configuration.ts'

/** An app whose sidecar answers what a test sets; `start` does what daprd does when it starts. */
function setUp({ onError }: { onError?: (error: unknown) => void } = {}) {
  const seen: ConfigurationItems[] = []
  const counts = { subscribed: 0 }
  const answers = {
    subscribe: (): Response => Response.json({ id: '1' }),
    read: async (): Promise<Response> => Response.json({ a: { value: '1' } }),
    handle: (): void => undefined,
  }
  const server = localServer(async ({ url }) => {
    const { pathname } = new URL(url)
    if (pathname === '/v1.0/metadata') return Response.json({ id: 'app', runtimeVersion: '1.18.2' })
    if (pathname === '/v1.0/configuration/settings') return await answers.read()
    if (pathname !== '/v1.0/configuration/settings/subscribe') return new Response(null, { status: 204 })
    counts.subscribed += 1
    return answers.subscribe()
  })
  const options = { keys: ['a', 'b'], sidecar: server.sidecar(), ...(onError && { onError }) }
  const app = new Elysia().use(dapr({ appToken: '' })).use(
    onConfiguration(
      'settings',
      ({ items, signal }) => {
        expect(signal.aborted).toBe(false)
        seen.push(items)
        answers.handle()
      },
      options,
    ),
  ) as unknown as Elysia
  async function update(key: string, value: string): Promise<void> {
    const body = JSON.stringify({ id: '1', items: { [key]: { value } } })
    await app.handle(new Request(`http://127.0.0.1/configuration/settings/${key}`, { method: 'POST', body }))
  }
  const start = async () => void (await app.handle(new Request('http://127.0.0.1/dapr/config')))
  const values = () => seen.map(items => Object.entries(items).map(([key, item]) => `${key}=${item?.value}`))
  return { answers, counts, start, update, values, [Symbol.dispose]: server[Symbol.dispose] }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1)
}

test('what was read is left out where an update has come meanwhile', async () => {
  using settings = setUp()
  const { answers, start, update, values } = settings
  answers.read = async () => {
    await update('a', '2')
    return Response.json({ a: { value: '1' }, b: { value: '1' } })
  }
  await start()
  await until(() => values().length === 2)
  expect(values()).toEqual([['a=2'], ['b=1']])

  // With nothing left of it there is nothing to tell; the third start shows that the second has come to its end.
  answers.read = async () => {
    await update('a', '3')
    return Response.json({ a: { value: '2' } })
  }
  await start()
  await until(() => values().length === 3)
  answers.read = async () => Response.json({ a: { value: '3' } })
  await start()
  await until(() => values().length === 4)
  expect(values().slice(2)).toEqual([['a=3'], ['a=3']])
})

test('a store that has none of the keys is told', async () => {
  using settings = setUp()
  settings.answers.read = async () => new Response(null, { status: 204 })
  await settings.start()
  await until(() => settings.values().length === 1)
  expect(settings.values()).toEqual([[]])
})

test.each([
  ['throws', () => JSON.parse('{')],
  ['rejects', async () => JSON.parse('{')],
])('an onError that %s ends nothing', async (_, onError) => {
  const log = spyOn(console, 'error').mockImplementation(() => undefined)
  try {
    using settings = setUp({ onError })
    const { answers, counts, start, values } = settings
    answers.subscribe = () => Response.json({ errorCode: 'X', message: 'no' }, { status: 400 })
    await start()
    await until(() => log.mock.calls.length === 1)
    const [where, error, failure] = log.mock.calls[0] ?? []
    expect([where, error, failure]).toEqual([
      'configuration settings:',
      expect.objectContaining({ name: 'DaprError', code: 'X' }),
      expect.any(SyntaxError),
    ])
    answers.subscribe = () => Response.json({ id: '1' })
    answers.handle = () => JSON.parse('[')
    await start()
    await until(() => log.mock.calls.length === 2)
    await start()
    await until(() => log.mock.calls.length === 3)
    expect([counts.subscribed, values()]).toEqual([3, [['a=1'], ['a=1']]])
  } finally {
    log.mockRestore()
  }
})

test('the handler runs in a span, for what is there and for what changes', async () => {
  const end = startTracing()
  try {
    using settings = setUp({ onError: () => undefined })
    settings.answers.handle = () => JSON.parse('{')
    await settings.start()
    await until(() => spans.getFinishedSpans().length === 1)
    await settings.update('a', '2')
    expect(spans.getFinishedSpans()).toMatchObject(
      [1, 2].map(() => ({
        name: 'configuration settings',
        attributes: { 'dapr.configuration.store': 'settings' },
        status: { code: 2 },
      })),
    )
  } finally {
    end()
  }
})
