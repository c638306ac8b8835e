import { connect, createServer } from 'node:net'

export interface ProbeOptions {
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Whether a GET is answered with success within 2 s. */
export async function answersHttp(
  url: string,
  { headers = {}, signal }: ProbeOptions = {},
): Promise<boolean> {
  const limit = AbortSignal.timeout(2000)
  try {
    const response = await fetch(url, {
      headers,
      // a part that was just restarted must not be asked over a connection to its predecessor
      keepalive: false,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

/** Whether something listens on the loopback port. */
export async function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ port, host: '127.0.0.1' })
  socket.setTimeout(2000, () => resolve(false))
  socket.once('connect', () => resolve(true))
  socket.once('error', () => resolve(false))
  const answer = await promise
  socket.destroy()
  return answer
}

/** Whether a server could listen on the loopback port, and nobody does. */
export async function isFree(port: number): Promise<boolean> {
  // Binding alone is not enough: macOS lets 127.0.0.1 be bound beside somebody's 0.0.0.0.
  return port <= 65_535 && !(await listens(port)) && (await canBind(port))
}

async function canBind(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)))
  return await promise
}
