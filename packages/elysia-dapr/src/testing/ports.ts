import { createServer } from 'node:net'

/**
 * Ports of 127.0.0.1 that nothing listens on. None is of the range that systems take the ports of outgoing connections
 * from: one of these could get it before the process that it is meant for, or while that is restarted. None is given
 * twice before all were, and processes begin far from each other: what was given may not be in use yet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = next
    next = port + 1 < highest ? port + 1 : lowest
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

const lowest = 10_000
const highest = 32_000

let next = lowest + ((process.pid * 677) % (highest - lowest))

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
