import { createServer } from 'node:net'

/** Below the range that systems take the ports of outgoing connections from: a server that restarts keeps its own. */
const lowest = 10_000
const highest = 32_000

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  while (true) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
