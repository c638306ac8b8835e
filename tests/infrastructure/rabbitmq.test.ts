import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { type TemporaryFolder, temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'
import { needsOfSet } from '../../scripts/supervisor/backing-services/backing-services.ts'
import { rabbitmqServer } from '../../scripts/supervisor/backing-services/programs/rabbitmq-server.ts'
import { rabbitmq } from '../../scripts/supervisor/backing-services/rabbitmq.ts'
import { logIn } from '../../scripts/supervisor/backing-services/rabbitmq-login.ts'
import { isFree } from '../../scripts/supervisor/processes/probe.ts'
import { readInstance } from '../../scripts/supervisor/session/instance.ts'
import { allGone, processTree } from './process-tree.ts'
import { declare, firstOf, publish, type RunningRabbitmq, startRabbitmq } from './rabbitmq-server.ts'

const outlook = await rabbitmqServer.look()
const needs = outlook.is === 'missing' ? ` (needs RabbitMQ: ${outlook.what})` : ''

let folder: TemporaryFolder
let home: string
let running: RunningRabbitmq | undefined

beforeAll(async () => {
  folder = await temporaryFolder()
  home = join(folder.path, 'Jürgen’s shop')
  mkdirSync(home)
  if (needs === '') await rabbitmqServer.obtain({ report: console.log, signal: AbortSignal.timeout(300_000) })
}, 300_000)

afterAll(async () => {
  await running?.supervisor.stop()
  await folder[Symbol.asyncDispose]()
})

async function broker(): Promise<RunningRabbitmq> {
  running ??= await startRabbitmq(home)
  return running
}

/** Resolves when the supervisor has told of it. */
async function told(reports: string[], text: string): Promise<void> {
  while (!reports.some(line => line.includes(text))) await Bun.sleep(20)
}

async function accepts(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, host, () => resolve(true)).on('error', () => resolve(false))
  const answer = await promise
  socket.destroy()
  return answer
}

/** What a shop whose person gives this address says before it starts. */
async function refusalOf(url: string): Promise<unknown> {
  process.env.SHOP_RABBITMQ_URL = url
  try {
    const { servers, prepare } = rabbitmq.create({
      instance: readInstance({ root: home, env: {} }),
      secrets: ['rabbitmq-url'],
      databases: [],
      place: 'components/mine/pubsub.yaml:7',
    })
    expect(servers).toEqual([])
    return await prepare?.(AbortSignal.timeout(10_000)).catch(error => error)
  } finally {
    delete process.env.SHOP_RABBITMQ_URL
  }
}

/** What a start says of one that is given by the secret of the component. */
async function refusalOfSecret(url: string): Promise<unknown> {
  process.env.SHOP_SECRET_RABBITMQ_URL = url
  try {
    const root = resolve(import.meta.dir, '../..')
    const { services } = needsOfSet(readInstance({ root, env: {}, set: 'postgres-rabbitmq' }))
    const service = services.find(({ name }) => name.startsWith('RabbitMQ'))
    if (!service?.prepare) throw new Error('it is not asked')
    return await service.prepare(AbortSignal.timeout(10_000)).catch(error => error)
  } finally {
    delete process.env.SHOP_SECRET_RABBITMQ_URL
  }
}

test.skipIf(needs !== '')(
  `RabbitMQ runs on loopback alone, and takes nobody but the shop${needs}`,
  async () => {
    const { url, ports, pidOf } = await broker()
    expect(ports).toHaveLength(3)
    const others = Object.values(networkInterfaces())
      .flatMap(each => each ?? [])
      .filter(each => each.family === 'IPv4' && !each.internal)
    for (const { address } of others)
      for (const port of ports) expect(await accepts(address, port)).toBe(false)
    for (const port of ports) expect(await accepts('127.0.0.1', port)).toBe(true)
    // the supervisor's process is the server itself, and no shell that would outlive it or be outlived
    const names = Bun.spawnSync(['ps', '-o', 'comm=', '-p', String(pidOf('rabbitmq'))]).stdout.toString()
    expect(names).toContain('beam')

    const { host } = new URL(url)
    const guest = await refusalOf(`amqp://guest:guest@${host}`)
    expect(guest).toMatchObject({ name: 'ShopError' })
    const wrong = await refusalOf(`amqp://shop:not-the-word@${host}`)
    expect(String(wrong)).toBe(
      `ShopError: components/mine/pubsub.yaml:7: RabbitMQ at ${host} cannot be used: it refuses the user or the password. ` +
        'Start it, or correct SHOP_RABBITMQ_URL.',
    )
    expect(String(await refusalOf(`${url}/nowhere`))).toContain('it refuses the virtual host')
    expect(await refusalOf(url)).toBeUndefined()

    expect(String(await refusalOfSecret(`amqp://shop:not-the-word@${host}`))).toBe(
      `ShopError: components/postgres-rabbitmq/pubsub.yaml:11: RabbitMQ at ${host} cannot be used: ` +
        'it refuses the user or the password. Start it, or correct SHOP_SECRET_RABBITMQ_URL.',
    )
    expect(await refusalOfSecret(url)).toBeUndefined()
  },
  120_000,
)

test.skipIf(needs !== '')(
  `it stops within seconds, leaves no process, and starts on other ports with its data${needs}`,
  async () => {
    const first = await broker()
    await publish(first.url, 'stopped', 'an order')
    await declare(first.url, 'killed')
    const processes = (
      await Promise.all(['rabbitmq', 'epmd'].map(name => processTree(first.pidOf(name))))
    ).flatMap(each => each ?? [])
    const killed: string[] = []
    await first.supervisor.stop({ grace: 15_000, killed: name => killed.push(name) })
    running = undefined
    expect(killed).toEqual([])
    await allGone(processes)
    expect(await Promise.all(first.ports.map(isFree))).toEqual([true, true, true])

    const second = await broker()
    expect(second.ports).not.toEqual(first.ports)
    expect(await firstOf(second.url, 'stopped')).toBe('an order')
    const { host } = new URL(second.url)
    const { username, password } = new URL(first.url)
    await expect(logIn(`amqp://${username}:${password}@${host}`)).rejects.toThrow('it refuses the user')
  },
  120_000,
)

test.skipIf(needs !== '')(
  `a message outlives kill -9 of the server, and nothing else of it does${needs}`,
  async () => {
    const { url, reports, supervisor, pidOf } = await broker()
    // The queue has been there for a while. RabbitMQ 3.10 may lose one that it has answered for within the last moment.
    await publish(url, 'killed', 'another order')
    const before = await processTree(pidOf('rabbitmq'))
    expect(before.length).toBeGreaterThan(1)
    supervisor.kill('rabbitmq')
    await told(reports, 'rabbitmq answers again')
    await allGone(before)
    expect(await firstOf(url, 'killed')).toBe('another order')
  },
  120_000,
)

test.skipIf(needs !== '')(
  `epmd that is killed is started again, and RabbitMQ runs on${needs}`,
  async () => {
    const { url, reports, supervisor, pidOf } = await broker()
    const pid = pidOf('rabbitmq')
    supervisor.kill('epmd')
    await told(reports, 'epmd answers again')
    await logIn(url)
    expect(pidOf('rabbitmq')).toBe(pid)
    supervisor.kill('rabbitmq')
    const restarts = () => reports.filter(line => line.startsWith('rabbitmq answers again')).length
    const sofar = restarts()
    while (restarts() === sofar) await Bun.sleep(20)
    await logIn(url)
  },
  120_000,
)

test.skipIf(needs !== '')(
  `all that it writes is in the home, for its owner's eyes${needs}`,
  async () => {
    await broker()
    expect(readdirSync(folder.path)).toEqual([home.slice(folder.path.length + 1)])
    expect(readdirSync(home)).toEqual(['.local'])
    expect(statSync(join(home, '.local/data/rabbitmq')).mode & 0o777).toBe(0o700)
    for (const file of ['data/rabbitmq/.erlang.cookie', 'run/rabbitmq.json', 'run/rabbitmq.conf'])
      expect(statSync(join(home, '.local', file)).mode & 0o077).toBe(0)
  },
  120_000,
)
