import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
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

/**
 * Whether an app answers the question that daprd asks of one that speaks gRPC, within 2 s. An app that hangs still
 * accepts connections.
 * https://docs.dapr.io/developing-applications/building-blocks/observability/app-health/
 */
export async function answersGrpc(
  port: number,
  { headers = {}, signal }: ProbeOptions = {},
): Promise<boolean> {
  const limit = AbortSignal.timeout(2000)
  const over = signal ? AbortSignal.any([signal, limit]) : limit
  if (over.aborted) return false
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  try {
    const request = session.request({
      ':method': 'POST',
      ':path': '/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    let status: unknown
    for (const event of ['response', 'trailers'] as const) {
      request.on(event, received => {
        status = received['grpc-status'] ?? status
      })
    }
    request.resume()
    // one message: not compressed, empty
    request.end(Buffer.alloc(5))
    await once(request, 'end', { signal: over })
    return status === '0'
  } catch {
    return false
  } finally {
    session.destroy()
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
