import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstance } from '../supervisor/session/instance.ts'
import { writeRunRecord } from '../supervisor/session/run-record.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import {
  keptTable,
  readKept,
  releaseWaiting,
  replayedText,
  replayLetters,
  serviceNamed,
} from './dead-letters.ts'
import { type Operated, operated, operatedServices, tokenIn } from './operator.ts'
import { rebuildProjection } from './projections.ts'

const since = '2026-01-01T00:00:00.000Z'
const letter = (id: string) => ({ source: 'orders', topic: 'orders', id, receivedAt: since, event: { id } })

let servers: Bun.Server<undefined>[] = []
let asked: string[] = []

beforeEach(() => {
  servers = []
  asked = []
})
afterEach(() => {
  for (const server of servers) server.stop(true)
})

/** A service that answers what is given for each path, and 404 to the rest; it asks for the token `secret`. */
function service(name: string, answers: Record<string, (body: unknown) => unknown>): Operated {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (request.headers.get('dapr-api-token') !== 'secret') return new Response(null, { status: 401 })
      const body = request.method === 'POST' ? await request.json() : undefined
      asked.push(`${name} ${pathname} ${JSON.stringify(body) ?? ''}`.trim())
      const answer = answers[pathname]?.(body)
      if (answer instanceof Response) return answer
      return answer === undefined
        ? Response.json({ code: 'not-found' }, { status: 404 })
        : Response.json(answer)
    },
  })
  servers.push(server)
  return operated(name, server.url.origin, 'secret')
}

function shop(): Operated[] {
  return [
    service('gateway', {}),
    service('inventory', {
      '/operations/dead-letters': () => [letter('e1'), letter('e2')],
      '/operations/parked': () => [{ topic: 'orders', key: 'o7', version: 5, previous: 4, parkedAt: since }],
      '/operations/dead-letters/replay': body => ({
        replayed: (body as { ids: string[] }).ids.length - 1,
        failed: [{ id: 'e2', reason: 'not this one' }],
      }),
      '/operations/parked/release': body => ({ released: (body as { key: string }).key === 'o7' ? 1 : 0 }),
      '/operations/projections/orders/rebuild': () =>
        Response.json({ code: 'projection-unknown', projections: ['stock'] }, { status: 404 }),
      '/operations/projections/none/rebuild': () =>
        Response.json({ code: 'projection-unknown', projections: ['stock'] }, { status: 404 }),
      '/operations/projections/busy/rebuild': () =>
        Response.json({ code: 'projection-rebuilt-by-another' }, { status: 409 }),
    }),
    service('orders', {
      '/operations/dead-letters': () => [letter('e2')],
      '/operations/parked': () => [],
      '/operations/dead-letters/replay': () => ({ replayed: 1, failed: [] }),
      '/operations/projections/orders/rebuild': () => ({ events: 12 }),
      '/operations/projections/none/rebuild': () =>
        Response.json({ code: 'projection-unknown', projections: ['orders'] }, { status: 404 }),
    }),
  ]
}

test('what all services keep is one list', async () => {
  const kept = await readKept(shop())
  expect(kept.services).toEqual(['inventory', 'orders'])
  expect(keptTable(kept)).toBe(`Dead letters
service    id  topic   from    since
inventory  e1  orders  orders  ${since}
inventory  e2  orders  orders  ${since}
orders     e2  orders  orders  ${since}

Parked
service    topic   key  version  waits for  since
inventory  orders  o7   5        4          ${since}`)
  expect(keptTable({ ...kept, deadLetters: [], parked: [] })).toBe('No dead letters, and no event waits.')
})

test('each service replays its own, and says what stays', async () => {
  const results = await replayLetters(shop(), undefined)
  expect(replayedText(results)).toBe(`inventory: 1 replayed
inventory: e2 stays a dead letter: not this one
orders: 1 replayed`)
  expect(asked).toContain('inventory /operations/dead-letters/replay {"ids":["e1","e2"]}')
  expect(asked).toContain('orders /operations/dead-letters/replay {"ids":["e2"]}')
  asked = []
  await replayLetters(shop(), ['e1'])
  expect(asked.filter(line => line.includes('replay'))).toEqual([
    'inventory /operations/dead-letters/replay {"ids":["e1"]}',
  ])
  await expect(replayLetters(shop(), ['e1', 'e9'])).rejects.toThrow('There is no dead letter e9.')
  expect(replayedText([])).toBe('There was nothing to replay.')
})

test('a key is released where it waits', async () => {
  const services = shop()
  const inventory = serviceNamed(services, 'inventory')
  expect(await releaseWaiting(inventory, 'orders', 'o7')).toBe(1)
  await expect(releaseWaiting(inventory, 'orders', 'o8')).rejects.toThrow(
    'No event of orders o8 waits in inventory.',
  )
  const gateway = serviceNamed(services, 'gateway')
  await expect(releaseWaiting(gateway, 'orders', 'o7')).rejects.toThrow('gateway has no parked events')
  expect(() => serviceNamed(services, 'shop')).toThrow('There is no service shop. Use one of: gateway,')
})

test('a projection is found by its name', async () => {
  expect(await rebuildProjection(shop(), 'orders')).toEqual({ service: 'orders', events: 12 })
  await expect(rebuildProjection(shop(), 'none')).rejects.toThrow(
    'There is no projection none. Use one of: orders, stock.',
  )
  await expect(rebuildProjection(shop(), 'busy')).rejects.toThrow(
    'Somebody else has begun to build busy anew',
  )
  await expect(rebuildProjection([], 'x')).rejects.toThrow('No service that runs has one.')
})

test('what is in the way is said, with what to do', async () => {
  const [, inventory] = shop()
  const { url } = servers[1] as Bun.Server<undefined>
  await expect(readKept([operated('inventory', url.origin, 'other')])).rejects.toThrow('refuses the token')
  const broken = service('broken', {
    '/operations/dead-letters': () => Response.json({ detail: 'no disk' }, { status: 500 }),
  })
  await expect(readKept([broken])).rejects.toThrow(
    "broken answers 500: no disk. 'bun run logs broken' shows why.",
  )
  servers[1]?.stop(true)
  await expect(readKept([inventory as Operated])).rejects.toThrow(/^inventory does not answer at http/)
})

test('the services and the token are those of the shop that runs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'operations-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
  service('orders', { '/operations/dead-letters': () => [letter('e1')], '/operations/parked': () => [] })
  const app = (id: string, port: number, more = '') =>
    `  - { appID: ${id}, appDirPath: ., appPort: ${port}, daprHTTPPort: 1, daprGRPCPort: 2, daprInternalGRPCPort: 3, metricsPort: 4, command: [x], configFilePath: c${more} }\n`
  const port = servers[0]?.port ?? 0
  await Bun.write(
    join(root, 'dapr/dapr.yaml'),
    `version: 1\ncommon: { resourcesPaths: [r] }\napps:\n${app('shipping', 1, ', appProtocol: grpc')}${app('orders', port)}`,
  )
  const instance = readInstance({ root, env: {} })
  await expect(operatedServices(instance)).rejects.toThrow(
    "The shop does not run. Start it with 'bun start'.",
  )
  await mkdir(instance.runDir, { recursive: true })
  writeRunRecord(instance.runDir, { command: 'start', url: null })
  await expect(operatedServices(instance)).rejects.toBeInstanceOf(ShopError)
  await Bun.write(join(instance.runDir, 'env'), "export NAMESPACE='default'\nexport APP_API_TOKEN='secret'\n")
  const services = await operatedServices(instance)
  expect(services.map(({ name }) => name)).toEqual(['orders'])
  expect((await readKept(services)).deadLetters).toMatchObject([{ service: 'orders', id: 'e1' }])
  expect(tokenIn("export APP_API_TOKEN='it'\\''s'\n")).toBe("it's")
  expect(tokenIn('export PATH=x\n')).toBeUndefined()
})
