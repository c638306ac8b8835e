import { expect, test } from 'bun:test'
import { assertPortsFree, takenPorts } from './ports.ts'

function listenOn(hostname: string) {
  return Bun.listen({ hostname, port: 0, socket: { data() {} } })
}

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
  const failure = assertPortsFree([
    { port: first.port, use: 'gateway' },
    { port: second.port, use: 'broker, MQTT' },
  ])
  await expect(failure).rejects.toThrow(`Port ${first.port} (gateway) is taken by process ${process.pid}: `)
  await expect(failure).rejects.toThrow(
    `Port ${second.port} (broker, MQTT) is taken by process ${process.pid}: `,
  )
  await expect(failure).rejects.toThrow(`kill ${process.pid}`)
  await expect(failure).rejects.toThrow(/SHOP_PORT_OFFSET.*GATEWAY_PORT/)
})
