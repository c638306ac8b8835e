import { once } from 'node:events'
import { connect } from 'node:net'

const timeoutMs = 5_000

/**
 * Logs in to Redis. (Bun's own client says only that the connection is closed when the password is wrong.)
 * @throws Error in the words of the server or the system
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export async function logIn(
  host: string,
  { user, password }: { user?: string | undefined; password: string },
): Promise<void> {
  const { hostname, port } = new URL(`redis://${host}`)
  const socket = connect({ host: hostname, port: Number(port) })
  const limit = AbortSignal.timeout(timeoutMs)
  try {
    await once(socket, 'connect', { signal: limit })
    const login = user ? [user, password] : [password]
    socket.write(command(!user && password === '' ? ['PING'] : ['AUTH', ...login]))
    const [answer] = await once(socket, 'data', { signal: limit })
    const line = String(answer).split('\r\n')[0] ?? ''
    if (line.startsWith('-')) throw new Error(line.slice(1))
  } catch (error) {
    throw limit.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : error
  } finally {
    socket.destroy()
  }
}

function command(words: string[]): string {
  return `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}
