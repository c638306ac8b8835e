export interface LoadOptions {
  port: number
  /** One whole HTTP/1.1 request. */
  request: string
  /** How every answer has to begin and end. */
  expected: { start: string; end: string }
  seconds: number
  signal: AbortSignal
  /** Requests in flight; each has a connection of its own. @default 32 */
  connections?: number
}

/**
 * Sends one request again and again over connections that stay open, the next as soon as the last is answered.
 * It writes fixed bytes and looks only for the end of the answer: so it takes half the time of the fastest server
 * here, which a client that reads HTTP does not.
 *
 * @returns how many were answered as expected, and in how many seconds; all that were sent are answered
 */
export async function applyLoad({
  port,
  request,
  expected,
  seconds,
  signal,
  connections = 32,
}: LoadOptions): Promise<{ answered: number; seconds: number }> {
  const bytes = Buffer.from(request, 'latin1')
  const { promise: allAnswered, resolve, reject } = Promise.withResolvers<void>()
  let answered = 0
  let inFlight = 0
  let ends = Number.POSITIVE_INFINITY

  function send(socket: Bun.Socket<Pending>): void {
    inFlight++
    // A request is far below the size of an empty send buffer.
    if (socket.write(bytes) !== bytes.length) reject(new Error('a request was not taken whole'))
  }

  const socket: Bun.SocketHandler<Pending> = {
    data(socket, chunk) {
      const answer = socket.data.text + chunk.toString('latin1')
      if (!answer.startsWith(expected.start)) return reject(unexpected(answer))
      if (!answer.endsWith(expected.end)) {
        socket.data.text = answer
        return answer.length < longest ? undefined : reject(unexpected(answer))
      }
      socket.data.text = ''
      answered++
      inFlight--
      if (performance.now() < ends) send(socket)
      else if (inFlight === 0) resolve()
    },
    close: () => reject(new Error('a connection was closed')),
    error: (_, error) => reject(error),
  }
  const opening = Array.from({ length: connections }, () =>
    Bun.connect({ hostname: '127.0.0.1', port, data: { text: '' }, socket }),
  )
  const sockets = await Promise.all(opening)
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(() => reject(new Error('an answer did not come')), seconds * 1_000 + patience)
  try {
    signal.throwIfAborted()
    const started = performance.now()
    ends = started + seconds * 1_000
    for (const socket of sockets) send(socket)
    await allAnswered
    return { answered, seconds: (performance.now() - started) / 1_000 }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    for (const socket of sockets) socket.terminate()
  }
}

interface Pending {
  /** What has come of an answer. */
  text: string
}

const longest = 10_000
/** Milliseconds. */
const patience = 10_000

function unexpected(answer: string): Error {
  return new Error(`unexpected answer: ${answer.slice(0, 500)}`)
}
