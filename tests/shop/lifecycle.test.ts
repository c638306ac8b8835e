import { expect, setDefaultTimeout, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isRunning, type ProcessIdentity, startOf } from '../../dapr/install/process-identity.ts'
import { leftProcesses } from '../../scripts/supervisor/processes/left-processes.ts'
import { randomOffset, runCommand, type Shop, shopEnvironment, startShop, until } from './shop.ts'

setDefaultTimeout(120_000)

const products = async (shop: Shop) => {
  const response = await fetch(`${shop.gateway}/products`).catch(() => undefined)
  return response?.ok ? ((await response.json()) as unknown[]).length : undefined
}

const identities = (shop: Shop): ProcessIdentity[] =>
  Object.values(shop.pids()).map(pid => ({ pid, started: startOf(pid) ?? '' }))

const runDir = (shop: Shop) => join(shop.home, '.local/run')

test('start serves the catalogue and ends its output with ready', async () => {
  await using shop = await startShop()
  expect(shop.output().trimEnd().split('\n').at(-1)).toStartWith('ready in ')
  expect(await products(shop)).toBe(77)
  expect(Object.keys(shop.pids()).sort()).toContainValues(['gateway', 'gateway.sidecar', 'broker', 'sentry'])
})

test('Ctrl-C leaves no process and no file of the run, and keeps the data', async () => {
  await using shop = await startShop()
  const processes = identities(shop)
  shop.starter.kill('SIGINT')
  expect(await shop.starter.exited).toBe(0)
  expect(processes.filter(isRunning)).toEqual([])
  expect(existsSync(runDir(shop))).toBe(false)
  expect(readdirSync(join(shop.home, '.local/data'))).toContain('catalog.db')
})

test('one Ctrl-C on a terminal, with all its copies, is an orderly end', async () => {
  await using shop = await startShop({ terminal: true })
  const processes = identities(shop)
  shop.starter.terminal?.write('\x03')
  await until('it has stopped', () => shop.output().includes('the data stays'))
  await shop.starter.exited
  expect(shop.output()).toContain('SIGINT: stopping')
  expect(shop.output()).not.toContain('did not end in time')
  expect(processes.filter(isRunning)).toEqual([])
  expect(existsSync(runDir(shop))).toBe(false)
})

test('a signal while the certificates are made leaves nothing', async () => {
  const home = mkdtempSync(join(tmpdir(), 'shop-'))
  const env = shopEnvironment({ home, offset: randomOffset() })
  const starter = Bun.spawn([process.execPath, 'scripts/run.ts', 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const left = () => leftProcesses(join(home, '.local/run'))
  // beside a service that is built
  while (!left().some(({ name }) => name === 'sentry')) await Bun.sleep(1)
  const processes = left()
  starter.kill('SIGTERM')
  expect(await starter.exited).toBe(0)
  expect(processes.filter(isRunning)).toEqual([])
  expect(existsSync(join(home, '.local/run'))).toBe(false)
  rmSync(home, { recursive: true })
})

test('two stops at once are one orderly end', async () => {
  await using shop = await startShop()
  const processes = identities(shop)
  const stops = await Promise.all([shop.command('stop'), shop.command('stop')])
  expect(stops.map(({ code }) => code)).toEqual([0, 0])
  expect(await shop.starter.exited).toBe(0)
  expect(shop.output()).not.toContain('did not end in time')
  expect(processes.filter(isRunning)).toEqual([])
})

test('stop from another shell ends it; once more, nothing is running', async () => {
  await using shop = await startShop()
  const processes = identities(shop)
  expect(await shop.command('stop')).toMatchObject({ code: 0, output: 'stopped; the data stays\n' })
  expect(await shop.starter.exited).toBe(0)
  expect(processes.filter(isRunning)).toEqual([])
  expect(await shop.command('stop')).toMatchObject({ code: 0, output: 'nothing is running\n' })
})

test('a second start says that the shop is running, and disturbs nothing', async () => {
  await using shop = await startShop()
  const second = await shop.command('start')
  expect(second.code).toBe(1)
  expect(second.output).toContain(`already running (process ${shop.starter.pid}, ${shop.gateway})`)
  expect(await products(shop)).toBe(77)
})

test('after kill -9 of the starter, the next start ends what it left and runs', async () => {
  await using shop = await startShop()
  const left = identities(shop)
  shop.starter.kill('SIGKILL')
  await shop.starter.exited
  expect(left.filter(isRunning)).toEqual(left)
  await using next = await startShop({ home: shop.home, offset: shop.offset })
  expect(left.filter(isRunning)).toEqual([])
  expect(next.output()).toContain('ended what a killed start had left')
  expect(await products(next)).toBe(77)
})

test('after kill -9 of everything, a start takes no longer than any other', async () => {
  await using shop = await startShop()
  for (const pid of Object.values(shop.pids())) process.kill(pid, 'SIGKILL')
  shop.starter.kill('SIGKILL')
  await shop.starter.exited
  await using next = await startShop({ home: shop.home, offset: shop.offset })
  const [, seconds] = /^ready in ([\d.]+) s/m.exec(next.output()) ?? []
  expect(Number(seconds)).toBeLessThan(10)
  expect(await products(next)).toBe(77)
})

test('after kill -9 of the starter, stop ends what it left', async () => {
  await using shop = await startShop()
  const left = identities(shop)
  shop.starter.kill('SIGKILL')
  await shop.starter.exited
  expect((await shop.command('stop')).output).toStartWith('stopped what a killed start had left: ')
  expect(left.filter(isRunning)).toEqual([])
  expect(existsSync(runDir(shop))).toBe(false)
})

test('any part that is killed is named, restarted and working again', async () => {
  await using shop = await startShop()
  for (const part of [
    'catalog',
    'catalog.sidecar',
    'gateway.sidecar',
    'orders',
    'orders.sidecar',
    'payments',
    'payment-provider',
    'shipping',
    'shipping.sidecar',
    'insights',
    'broker',
    'sentry',
    'placement',
    'scheduler',
  ]) {
    const pid = shop.pids()[part]
    if (pid === undefined) throw new Error(`${part} is not running`)
    process.kill(pid, 'SIGKILL')
    await until(`${part} answers again`, () => shop.output().includes(`${part} answers again`))
    expect(shop.output()).toContain(`${part} ended (SIGKILL)`)
    expect(shop.pids()[part]).not.toBe(pid)
    await until('the catalogue is served', async () => (await products(shop)) === 77)
  }
})

test('a taken port is named with its holder and the ways out; the last logs stay', async () => {
  using server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const home = mkdtempSync(join(tmpdir(), 'shop-'))
  const log = join(home, '.local/logs/gateway.log')
  mkdirSync(dirname(log), { recursive: true })
  writeFileSync(log, 'why the last run ended')
  const env = shopEnvironment({ home, offset: 14_400, env: { GATEWAY_PORT: String(server.port) } })
  const { code, output } = await runCommand(['start'], env)
  expect(code).toBe(1)
  expect(output).toContain(`Port ${server.port} (gateway) is taken by process ${process.pid}: `)
  expect(output).toContain('GATEWAY_PORT')
  expect(readFileSync(log, 'utf8')).toBe('why the last run ended')
  expect(existsSync(join(home, '.local/run'))).toBe(false)
  rmSync(home, { recursive: true })
})

test('reset stops the shop and removes its data', async () => {
  await using shop = await startShop()
  writeFileSync(join(shop.home, '.local/data/mine'), '')
  const { code, output } = await shop.command('reset')
  expect(code).toBe(0)
  expect(output).toContain('catalog.db')
  expect(await shop.starter.exited).toBe(0)
  expect(existsSync(join(shop.home, '.local/data'))).toBe(false)
})

test.skipIf(process.platform !== 'linux')(
  'every listener is on loopback, but the health ports whose address Dapr ignores',
  async () => {
    await using shop = await startShop()
    const listeners = Object.entries(shop.pids()).flatMap(([part, pid]) =>
      listenersOf(pid).map(listener => ({ part, ...listener })),
    )
    const loopback = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F']
    const elsewhere = listeners.filter(({ address }) => !loopback.includes(address))
    expect(listeners.length).toBeGreaterThan(25)
    expect(elsewhere.map(({ part, port }) => `${part} ${port - shop.offset}`).sort()).toEqual([
      'placement 8502',
      'scheduler 8507',
      'sentry 8505',
    ])
  },
)

/** The listening TCP sockets of a process, addresses as the kernel writes them. */
function listenersOf(pid: number): { address: string; port: number }[] {
  const files = readdirSync(`/proc/${pid}/fd`).map(fd => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return ['tcp', 'tcp6']
    .flatMap(table => readFileSync(`/proc/net/${table}`, 'utf8').split('\n'))
    .map(line => line.trim().split(/\s+/))
    .filter(row => row[3] === '0A' && files.includes(`socket:[${row[9]}]`))
    .map(row => {
      const [address = '', port = ''] = (row[1] ?? '').split(':')
      return { address, port: Number.parseInt(port, 16) }
    })
}
