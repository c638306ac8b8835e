import { createServer, type Server } from 'node:net'

/**
 * Ports of 127.0.0.1 that nothing listens on; all are held until the last is found, so that they differ.
 * None is of the range that systems take the ports of outgoing connections from: one of these could get it before the
 * process that it is meant for, or while that is restarted. None is given twice: the first may not be in use yet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = []
  const ports: number[] = []
  while (ports.length < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (given.has(port)) continue
    const server = await hold(port)
    if (!server) continue
    given.add(port)
    held.push(server)
    ports.push(port)
  }
  await Promise.all(held.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

const given = new Set<number>()

const lowest = 10_000
const highest = 32_000

function hold(port: number): Promise<Server | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
