import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOf } from '../../../dapr/install/process-identity.ts'
import { assertPortsFree, takenPorts } from './ports.ts'

function listenOn(hostname: string, port = 0) {
  return Bun.listen({ hostname, port, socket: { data() {} } })
}

const settings = { portOffset: 0, gatewayPort: undefined }

test.each(['127.0.0.1', '0.0.0.0'])(
  'a port that somebody holds on %s is taken, and by whom is known',
  async hostname => {
    using server = listenOn(hostname)
    const [taken] = await takenPorts([{ port: server.port, use: 'gateway' }])
    expect(taken).toMatchObject({ port: server.port, use: 'gateway', holder: { pid: process.pid } })
    expect(taken?.holder?.command).toContain('test')
  },
)

test('a port is free again once its holder lets go', async () => {
  const server = listenOn('127.0.0.1')
  const ports = [{ port: server.port, use: 'gateway' }]
  server.stop(true)
  expect(await takenPorts(ports)).toEqual([])
  await assertPortsFree(ports)
})

test('the error names every taken port, its holder and the ways out', async () => {
  using first = listenOn('127.0.0.1')
  using second = listenOn('127.0.0.1')
  const failure = assertPortsFree(
    [
      { port: first.port, use: 'gateway' },
      { port: second.port, use: 'broker, MQTT' },
    ],
    settings,
  )
  await expect(failure).rejects.toThrow(`Port ${first.port} (gateway) is taken by process ${process.pid}: `)
  await expect(failure).rejects.toThrow(
    `Port ${second.port} (broker, MQTT) is taken by process ${process.pid}: `,
  )
  await expect(failure).rejects.toThrow(`kill ${process.pid}`)
  await expect(failure).rejects.toThrow(/SHOP_PORT_OFFSET=\d+000 /)
})

test('the public port alone can be moved; an offset that is offered is free', async () => {
  using gateway = listenOn('127.0.0.1')
  using inTheWay = listenOn('127.0.0.1', gateway.port - 2000)
  const ports = [{ port: gateway.port, use: 'gateway' }]
  const failure = assertPortsFree(ports, { ...settings, portOffset: 3000 })
  await expect(failure).rejects.toThrow(
    /SHOP_PORT_OFFSET=(?!1000 |3000 )\d+000 moves all of them, GATEWAY_PORT=90\d\d /,
  )
  expect(inTheWay.port).toBe(gateway.port - 3000 + 1000)
})

test('an offset is no way out for the port that GATEWAY_PORT sets, nor when ports are fixed', async () => {
  using gateway = listenOn('127.0.0.1')
  const ports = [{ port: gateway.port, use: 'gateway' }]
  const set = await assertPortsFree(ports, { portOffset: 0, gatewayPort: gateway.port }).catch(String)
  expect(set).toContain('GATEWAY_PORT=90')
  expect(set).not.toContain('SHOP_PORT_OFFSET')
  expect(await assertPortsFree(ports).catch(String)).not.toMatch(/GATEWAY_PORT|SHOP_PORT_OFFSET/)
})

test('two that want one port are refused, though both could listen', async () => {
  const server = listenOn('127.0.0.1')
  const { port } = server
  server.stop(true)
  const failure = assertPortsFree(
    [
      { port, use: 'gateway' },
      { port, use: 'catalog' },
    ],
    settings,
  )
  await expect(failure).rejects.toThrow(`Port ${port} is wanted by gateway and catalog.`)
})

test('another shop that holds the ports is named by its home', async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'other-shop-')))
  const listen = `const s = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } }); console.log(s.port)`
  const other = Bun.spawn([process.execPath, '-e', listen], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const { value } = await other.stdout.getReader().read()
    const port = Number(new TextDecoder().decode(value))
    const ports = [{ port, use: 'gateway' }]
    expect(await assertPortsFree(ports, settings).catch(String)).toContain(`taken by process ${other.pid}`)
    mkdirSync(join(home, '.local/run/processes'), { recursive: true })
    writeFileSync(join(home, '.local/run/processes/gateway'), `edge\n${other.pid}\n${startOf(other.pid)}\n`)
    const failure = await assertPortsFree(ports, settings).catch(String)
    expect(failure).toContain(`Port ${port} (gateway) is taken by another shop, the one of ${home}.`)
    expect(failure).toContain(`SHOP_HOME='${home}' bun run stop`)
  } finally {
    other.kill()
    await other.exited
    rmSync(home, { recursive: true })
  }
})
