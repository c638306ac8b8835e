import { Buffer } from 'node:buffer'
import type { ClientHttp2Session } from 'node:http2'

/** What a call was answered with. Source: https://grpc.io/docs/guides/status-codes/ */
export class GrpcError extends Error {
  override readonly name = 'GrpcError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export const grpcCode = { unknown: 2, deadlineExceeded: 4, resourceExhausted: 8, unavailable: 14 } as const

export interface Channel {
  /** `method` is a path, such as `/Service/Method`. @throws GrpcError */
  call(method: string, message: Buffer): Promise<Buffer>
  /**
   * Gets the messages of a stream as they come, without a bound: the sidecar takes a reader that makes it wait for
   * ten seconds for a dead one. Resolves when the stream ends.
   * @throws GrpcError
   */
  receive(method: string, message: Buffer, onMessage: (message: Buffer) => void): Promise<void>
  close(): void
}

/** Longest time for one call; the sidecar answers as soon as it has the message. */
const callTimeout = 30_000
/** The sidecar refuses more than one ping in 8 s. */
const pingInterval = 20_000
/** Messages of the sidecar have at most 4 MiB, unless its limit was raised. */
const windowSize = 8 * 1024 * 1024

/** gRPC over the runtime's own HTTP/2. Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export async function openChannel(
  origin: string,
  { apiToken }: { apiToken?: string | undefined },
): Promise<Channel> {
  const { connect } = await import('node:http2')
  const session = connect(origin, { settings: { initialWindowSize: windowSize, enablePush: false } })
  // Told to each call as well.
  session.on('error', () => {})
  session.once('connect', () => session.setLocalWindowSize?.(windowSize))
  const stopPinging = keepAlive(session)

  function exchange(
    method: string,
    message: Buffer,
    onMessage: (message: Buffer) => void,
    timeout?: number,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const lost = (reason: string) => reject(new GrpcError(grpcCode.unavailable, reason))
      // A request on a session that is gone throws.
      if (session.destroyed || session.closed) return lost('the connection is lost')
      let status: { code: number; message: string } | undefined
      const onHeaders = (headers: Record<string, unknown>) => {
        const { 'grpc-status': code, 'grpc-message': text } = headers
        if (code !== undefined) status = { code: Number(code), message: decodeMessage(text) }
      }
      const stream = session.request({
        ':method': 'POST',
        ':path': method,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(apiToken && { 'dapr-api-token': apiToken }),
      })
      const deadline = timeout && setTimeout(() => session.destroy(), timeout)
      const read = frameReader(onMessage)
      stream.on('response', headers => {
        onHeaders(headers)
        if (headers[':status'] !== 200) lost(`HTTP ${headers[':status']}`)
      })
      stream.on('trailers', onHeaders)
      stream.on('data', (chunk: Buffer) => {
        try {
          read(chunk)
        } catch (error) {
          reject(error)
          session.destroy()
        }
      })
      stream.on('error', error => lost(error.message))
      stream.on('close', () => {
        clearTimeout(deadline || undefined)
        if (status?.code === 0) resolve()
        else if (status) reject(new GrpcError(status.code, status.message))
        else lost('the connection is lost')
      })
      stream.end(frame(message))
    })
  }

  return {
    async call(method, message) {
      let answer: Buffer | undefined
      await exchange(method, message, received => (answer = received), callTimeout)
      return answer ?? Buffer.alloc(0)
    },
    receive: (method, message, onMessage) => exchange(method, message, onMessage),
    close() {
      stopPinging()
      session.destroy()
    },
  }
}

/** Finds a peer that is gone without a word, such as a host that was switched off. */
function keepAlive(session: ClientHttp2Session): () => void {
  let answered = true
  const timer = setInterval(() => {
    if (!answered) return session.destroy()
    answered = false
    session.ping(() => {
      answered = true
    })
  }, pingInterval)
  session.on('close', () => clearInterval(timer))
  return () => clearInterval(timer)
}

function frame(message: Buffer): Buffer {
  const framed = Buffer.alloc(5 + message.length)
  framed.writeUInt32BE(message.length, 1)
  message.copy(framed, 5)
  return framed
}

/** Cuts a stream of bytes into messages; joins what came in pieces once, when it is whole. */
function frameReader(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = []
  let length = 0
  let wanted = 5
  return chunk => {
    parts.push(chunk)
    length += chunk.length
    while (length >= wanted) {
      let all = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
      while (all.length >= 5) {
        if (all[0] !== 0)
          throw new GrpcError(grpcCode.unknown, 'a compressed message, which nobody asked for')
        const end = 5 + all.readUInt32BE(1)
        if (all.length < end) break
        onMessage(all.subarray(5, end))
        all = all.subarray(end)
      }
      parts = [all]
      length = all.length
      wanted = length < 5 ? 5 : 5 + all.readUInt32BE(1)
    }
  }
}

function decodeMessage(message: unknown): string {
  const text = String(message ?? '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
