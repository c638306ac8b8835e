import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instance, readInstance } from '../session/instance.ts'
import { rabbitmq } from './rabbitmq.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rabbitmq-'))
  mkdirSync(join(home, '.local/run'), { recursive: true })
})
afterEach(() => {
  rmSync(home, { recursive: true })
  delete process.env.SHOP_RABBITMQ_URL
})

const create = (instance: Partial<Instance> = {}) =>
  rabbitmq.create({
    instance: {
      ...readInstance({ root: home, env: { SHOP_HOME: home, SHOP_PORT_OFFSET: '600' } }),
      ...instance,
    },
    secrets: ['rabbitmq-url'],
    databases: [],
    place: 'components/mine/pubsub.yaml:7',
  })

const unpacked = { path: '/cache/rabbitmq-server', env: { BINDIR: '/cache/erts/bin', ROOTDIR: '/cache' } }

test('RabbitMQ listens where the secret says, and knows its password as a salted hash alone', () => {
  const { secrets, servers } = create()
  const { password, host, username } = new URL(secrets['rabbitmq-url'] ?? '')
  expect({ host, username }).toEqual({ host: '127.0.0.1:9116', username: 'shop' })
  expect(password).toMatch(/^[\w-]{43}$/)
  expect(create().secrets).not.toEqual(secrets)

  expect(servers.map(({ name, ports }) => [name, ports.map(({ port }) => port)])).toEqual([
    ['epmd', [9117]],
    ['rabbitmq', [9116, 9118]],
  ])
  for (const { part } of servers) part(unpacked)
  const run = join(home, '.local/run')
  expect(readFileSync(join(run, 'rabbitmq.conf'), 'utf8')).toBe(`listeners.tcp.1 = 127.0.0.1:9116
load_definitions = ../../run/rabbitmq.json
log.console = true
log.file = false
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 200MB
`)
  const definitions = JSON.parse(readFileSync(join(run, 'rabbitmq.json'), 'utf8'))
  expect(definitions.users).toHaveLength(1)
  const hash = Buffer.from(definitions.users[0].password_hash, 'base64')
  const salted = createHash('sha256').update(hash.subarray(0, 4)).update(password).digest()
  expect(hash.subarray(4).equals(salted)).toBe(true)
  expect(statSync(join(run, 'rabbitmq.json')).mode & 0o777).toBe(0o600)
})

test('no program of Erlang leaves loopback, starts an epmd or writes outside the home', () => {
  for (const { name, part } of create().servers) {
    const { env, cwd } = part(unpacked)
    const folder = join(home, '.local/data/rabbitmq')
    expect(cwd).toBe(folder)
    expect(env).toMatchObject({
      HOME: folder,
      ROOTDIR: '/cache',
      ERL_EPMD_PORT: '9117',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_FLAGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
    })
    expect(env.PATH).toStartWith(`${join(home, '.local/run/erlang')}:/cache/erts/bin:`)
    const paths = Object.entries(env).filter(([key, value]) => /^RABBITMQ/.test(key) && value.startsWith('/'))
    expect(paths.length).toBe(name === 'epmd' ? 0 : 11)
    for (const [, path] of paths) expect(path).toStartWith(join(home, '.local/'))
  }
})

test('an installed one is run with the Erlang of the PATH', () => {
  const [epmd] = create().servers
  const { env } = epmd?.part({ path: '/usr/lib/rabbitmq/bin/rabbitmq-server', env: {} }) ?? {}
  expect(env?.PATH).toBe(process.env.PATH as string)
})

test('a path that RabbitMQ cannot take is refused before anything starts', () => {
  expect(() => create({ dataDir: "/home/o'neil/.local/data" })).toThrow(
    "RabbitMQ cannot have its data in /home/o'neil/.local/data/rabbitmq: it takes no quotes",
  )
})

test.each([
  ['amqp://me:pa%2Fss@rabbit.example', 'amqp://me:pa%2Fss@rabbit.example:5672'],
  ['amqps://me:pass@rabbit.example/shop', 'amqps://me:pass@rabbit.example:5671/shop'],
  ['amqp://rabbit.example:7000', 'amqp://rabbit.example:7000'],
])('SHOP_RABBITMQ_URL=%s is used, and nothing is started', (given, secret) => {
  process.env.SHOP_RABBITMQ_URL = given
  const { secrets, servers } = create()
  expect(secrets).toEqual({ 'rabbitmq-url': secret })
  expect(servers).toEqual([])
})

test('an address that is none is refused, without its password', () => {
  process.env.SHOP_RABBITMQ_URL = 'http://me:hush@rabbit.example'
  expect(create).toThrow(
    'SHOP_RABBITMQ_URL is no address. Write it like amqp://USER:PASSWORD@HOST:5672, or unset it.',
  )
})

test('a given one that is down is told within seconds, without its password', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  await new Promise(resolve => server.close(resolve))
  process.env.SHOP_RABBITMQ_URL = `amqp://me:hush@127.0.0.1:${port}`
  const error = await create()
    .prepare?.(AbortSignal.timeout(5000))
    .catch((error: Error) => error)
  expect(String(error)).toMatch(
    new RegExp(
      `^ShopError: components/mine/pubsub.yaml:7: RabbitMQ at 127.0.0.1:${port} cannot be used: .*ECONNREFUSED.*`,
    ),
  )
  expect(String(error)).toEndWith('. Start it, or correct SHOP_RABBITMQ_URL.')
  expect(Bun.inspect(error)).not.toContain('hush')
})
