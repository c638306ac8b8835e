import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  dapr,
  publish,
  type Sidecar,
  sidecar,
  stateStore,
  subscribe,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import { component, daprd, eventually, failureOf, temporaryFolder } from './environment.ts'

const pubsub = component('pubsub', 'pubsub.in-memory')
const sold = topic('pubsub', 'sold', Type.Integer())

/** An app that keeps what it gets, and checks the token of its sidecar. */
function collector() {
  const received: number[] = []
  const create = ({ appToken }: { appToken: string }) =>
    new Elysia().use(dapr({ appToken })).use(subscribe(sold, ({ data }) => void received.push(data)))
  return { received, create }
}

/** The processes that run in a folder. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const found = pids.map(async pid => {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    return cwd.startsWith(folder) ? [pid] : []
  })
  return (await Promise.all(found)).flat()
}

/** Local addresses that a process listens on, as the kernel writes them: `0100007F` is 127.0.0.1. */
async function listeners(pid: string): Promise<string[]> {
  const sockets = new Set<string>()
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
    sockets.add(target.match(/^socket:\[(\d+)\]$/)?.[1] ?? '')
  }
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => readFile(`/proc/${pid}/net/${name}`, 'utf8')))
  return tables.flatMap(table =>
    table.split('\n').flatMap(line => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
      return state === '0A' && sockets.has(inode) ? [local.split(':')[0] ?? ''] : []
    }),
  )
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
    return true
  } catch {
    return false
  }
}

const onLinux = process.platform === 'linux'
const linuxTest = (name: string, run: () => Promise<void>) =>
  onLinux ? test(name, run) : test.skip(`${name} (reads /proc of Linux)`, run)

describe('a sidecar that does not start', () => {
  test('says why, when a component fails', async () => {
    const resources = [component('orders', 'state.nothing')]
    const error = await failureOf(daprd({ appId: 'shop', resources }))
    expect(String(error)).toMatch(/daprd of shop ended \(code 1\) before it was ready/)
    expect(String(error)).toContain("couldn't find state store state.nothing/v1")
  })

  test('says why, when a file cannot be read', async () => {
    const error = await failureOf(daprd({ configuration: '/nowhere.yaml' }))
    expect(String(error)).toMatch(/ended \(code 1\).*nowhere\.yaml/s)
  })

  test('says what it waits for, when the app does not listen', async () => {
    const error = await failureOf(daprd({ app: { port: 1 }, startTimeout: 2_000 }))
    expect(String(error)).toContain('was not ready within 2000 ms')
    expect(String(error)).toContain('waiting on port 1.')
  })

  test('names a binary that is not there', async () => {
    expect(String(await failureOf(daprd({ binary: '/nowhere/daprd' })))).toContain('/nowhere/daprd')
  })

  linuxTest('leaves nothing', async () => {
    await using home = await temporaryFolder()
    const { create } = collector()
    let port = 0
    await failureOf(
      daprd({
        home: home.path,
        app: started => {
          port = started.ports.http
          return create(started)
        },
        resources: [component('orders', 'state.nothing')],
      }),
    )
    expect(port).not.toBe(0)
    expect(isFree(port)).toBe(true)
    expect(await processesIn(home.path)).toEqual([])
    expect((await readdir(home.path)).filter(name => !name.startsWith('names.db'))).toEqual([])
  })
})

linuxTest('an app that cannot listen is told, and nothing is left of it', async () => {
  await using home = await temporaryFolder()
  let port = 0
  const app = new Elysia()
    .onStart(({ server }) => {
      port = server?.port ?? 0
    })
    .use(dapr({ appToken: '' }))
    .use(subscribe(sold, () => undefined))
    .use(subscribe(sold, () => undefined))
  const error = await failureOf(daprd({ home: home.path, app }))
  expect(String(error)).toContain('two routes answer POST /events/pubsub/sold')
  expect(port).not.toBe(0)
  expect([app.server, isFree(port), await readdir(home.path)]).toEqual([null, true, []])
})

describe('the end of the scope', () => {
  linuxTest('ends daprd and the app, frees the ports and removes the folder', async () => {
    const { create } = collector()
    let folder = ''
    let ports: number[] = []
    {
      await using shop = await daprd({ app: create, resources: [pubsub] })
      const [pid] = await eventually(async () => await ofPort(shop.ports.http))
      folder = await readlink(`/proc/${pid}/cwd`)
      ports = Object.values(shop.ports)
      expect(ports).toHaveLength(5)
      expect(ports.some(isFree)).toBe(false)
    }
    expect([existsSync(folder), await processesIn(folder)]).toEqual([false, []])
    expect(ports.every(isFree)).toBe(true)
  })

  linuxTest('does so after an error, and after daprd was killed', async () => {
    await using home = await temporaryFolder()
    let ports: number[] = []
    async function scope() {
      await using shop = await daprd({ app: collector().create, home: home.path })
      ports = Object.values(shop.ports)
      await using other = await daprd({ appId: 'other', home: home.path })
      ports.push(...Object.values(other.ports))
      await other.kill()
      throw new Error('of the test')
    }
    expect(String(await failureOf(scope()))).toBe('Error: of the test')
    expect(await processesIn(home.path)).toEqual([])
    expect(ports.every(isFree)).toBe(true)
    expect((await readdir(home.path)).filter(name => !name.startsWith('names.db'))).toEqual([])
  })

  test('leaves an app that listened before', async () => {
    const app = collector().create({ appToken: '' }).listen({ hostname: '127.0.0.1', port: 0 })
    {
      await using shop = await daprd({ app })
      expect(shop.ports.app).toBe(app.server?.port)
    }
    expect((await fetch(`http://127.0.0.1:${app.server?.port}/healthz`)).ok).toBe(true)
    await app.stop(true)
  })
})

/** The process that listens on a port of 127.0.0.1. */
async function ofPort(port: number): Promise<string[] | undefined> {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const table = await readFile('/proc/net/tcp', 'utf8')
  const inode = table
    .split('\n')
    .find(line => line.includes(` ${local} 00000000:0000 0A `))
    ?.trim()
    .split(/\s+/)[9]
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
      if (target === `socket:[${inode}]`) return [pid]
    }
  }
  return undefined
}

test('a restart keeps ports, tokens and files, and the subscriptions come back', async () => {
  const { received, create } = collector()
  const data = component('orders', 'state.sqlite', { connectionString: 'orders.db' })
  await using shop = await daprd({ app: create, resources: [pubsub, data] })
  const before = { ...shop.ports }
  const orders = stateStore(shop, 'orders', Type.Integer())
  await orders.save('a', 1)
  await publish(shop, sold, 1)
  await eventually(() => received.includes(1) || undefined)

  await shop.kill()
  expect(await failureOf(publish(shop, sold, 2))).toMatchObject({ code: 'UNREACHABLE' })
  await shop.restart()
  await shop.restart()
  expect(shop.ports).toEqual(before)
  expect((await orders.get('a'))?.value).toBe(1)
  await publish(shop, sold, 3)
  await eventually(() => received.includes(3) || undefined)
  expect(shop.log().match(/Starting Dapr Runtime/g)).toHaveLength(3)
})

test.each([[false], [true], [{ path: '/healthz', intervalSeconds: 1, timeoutMs: 200, threshold: 1 }]])(
  'what is published right after the start arrives, with the health check %j',
  async healthCheck => {
    for (let round = 0; round < 5; round++) {
      const { received, create } = collector()
      await using shop = await daprd({ app: create, resources: [pubsub], healthCheck })
      await publish(shop, sold, round)
      await eventually(() => received.includes(round) || undefined)
    }
  },
)

test('tokens are asked for on both sides, unless they are empty', async () => {
  const { received, create } = collector()
  await using shop = await daprd({ app: create, resources: [pubsub] })
  const stranger = sidecar({ endpoint: shop.endpoint, apiToken: 'another' })
  expect(await failureOf(publish(stranger, sold, 1))).toMatchObject({ status: 401 })
  const app = `http://127.0.0.1:${shop.ports.app}`
  expect((await fetch(`${app}/dapr/subscribe`)).status).toBe(401)
  expect(received).toEqual([])

  await using open = await daprd({ resources: [pubsub], apiToken: '', appToken: '' })
  await publish(sidecar({ endpoint: open.endpoint, apiToken: '' }), sold, 1)
})

test('sidecars of one home find each other, and no others', async () => {
  await using home = await temporaryFolder()
  const app = new Elysia().get('/hello', () => 'world')
  await using _ = await daprd({ appId: 'greeter', app, home: home.path })
  await using caller = await daprd({ home: home.path })
  await using stranger = await daprd()
  const ask = (from: Sidecar) => from.request('/hello', { headers: { 'dapr-app-id': 'greeter' } })
  expect(await (await ask(caller)).text()).toBe('world')
  expect((await ask(stranger)).status).toBe(500)
})

linuxTest('every listener is on 127.0.0.1', async () => {
  await using home = await temporaryFolder()
  await using _ = await daprd({ home: home.path, app: new Elysia() })
  const [pid = ''] = await processesIn(home.path)
  expect(new Set(await listeners(pid))).toEqual(new Set(['0100007F']))
})

test('nothing of this process makes another sidecar of it, and what is given does', async () => {
  process.env.DAPR_TRUST_ANCHORS = 'no certificate'
  process.env.APP_API_TOKEN = 'of the environment'
  try {
    const store = component('env', 'secretstores.local.env')
    await using shop = await daprd({ resources: [store], env: { GIVEN: 'secret' } })
    expect(shop.appToken).toBe('of the environment')
    const read = async (name: string) => (await shop.request(`/v1.0/secrets/env/${name}`)).json()
    expect(await read('GIVEN')).toEqual({ GIVEN: 'secret' })
    expect(await read('DAPR_TRUST_ANCHORS')).toEqual({ DAPR_TRUST_ANCHORS: '' })
  } finally {
    delete process.env.DAPR_TRUST_ANCHORS
    delete process.env.APP_API_TOKEN
  }
})

test('maxBodySize lets larger bodies in', async () => {
  const body = JSON.stringify('x'.repeat(5 * 1024 * 1024))
  const send = (to: Sidecar) =>
    to.request('/v1.0/publish/pubsub/sold', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  await using small = await daprd({ resources: [pubsub] })
  expect((await send(small)).status).toBe(500)
  await using large = await daprd({ resources: [pubsub], maxBodySize: '8Mi' })
  expect((await send(large)).status).toBe(204)
})
