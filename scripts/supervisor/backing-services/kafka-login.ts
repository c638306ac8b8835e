import { once } from 'node:events'
import { connect } from 'node:net'
import { addAbortSignal } from 'node:stream'

export interface KafkaLogin {
  /** host:port */
  broker: string
  user: string
  password: string
}

/**
 * Logs in to a broker the way `saslMechanism: PLAIN` does, without TLS: two questions of Kafka's protocol, for which a
 * whole client would be out of proportion.
 *
 * @throws Error with what the broker says, or why there is no answer
 * https://kafka.apache.org/protocol.html#sasl_handshake
 */
export async function logInToKafka(
  { broker, user, password }: KafkaLogin,
  signal: AbortSignal,
): Promise<void> {
  const { hostname, port } = new URL(`kafka://${broker}`)
  const socket = connect({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port) })
  addAbortSignal(signal, socket)
  try {
    await once(socket, 'connect')
    const chunks = socket[Symbol.asyncIterator]()
    const ask = async (question: Question, body: Buffer) => {
      socket.write(request(question, body))
      return await answerOf(chunks)
    }
    const handshake = await ask(saslHandshake, text('PLAIN'))
    if (handshake.readInt16BE(0) !== 0) throw new Error('it takes no login by SASL/PLAIN without TLS')
    const login = Buffer.from(`\0${user}\0${password}`)
    const answer = await ask(saslAuthenticate, Buffer.concat([int32(login.length), login]))
    if (answer.readInt16BE(0) !== 0) throw new Error(textAt(answer, 2) || 'it refuses the login')
  } finally {
    socket.destroy()
  }
}

interface LogInToOne {
  user: string
  password: string
  limitMs: number
}

/**
 * One broker that answers is enough: it knows the others.
 * @throws Error with what the first says, or that there is no answer in time
 */
export async function logInToOne(
  brokers: string[],
  { limitMs, ...login }: LogInToOne,
  signal: AbortSignal,
): Promise<void> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  try {
    await Promise.any(brokers.map(broker => logInToKafka({ broker, ...login }, inTime)))
  } catch (error) {
    signal.throwIfAborted()
    const [first] = error instanceof AggregateError ? error.errors : [error]
    throw inTime.aborted ? new Error('no answer') : first
  }
}

interface Question {
  key: number
  version: number
}

const saslHandshake: Question = { key: 17, version: 1 }
const saslAuthenticate: Question = { key: 36, version: 0 }

function request({ key, version }: Question, body: Buffer): Buffer {
  const whole = Buffer.concat([int16(key), int16(version), int32(number), text('shop'), body])
  return Buffer.concat([int32(whole.length), whole])
}

/** An answer has the number of its question; here there is one at a time. */
const number = 1

/** Without its length and number. */
async function answerOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let received = Buffer.alloc(0)
  while (received.length < 4 || received.length < 4 + received.readInt32BE(0)) {
    // a broker that speaks TLS takes the question for rubbish, and hangs up or answers with an alert
    if (received.length >= 4 && received.readUInt32BE(0) > 65_536) throw new Error('it does not speak Kafka')
    const { value, done } = await chunks.next()
    if (done) throw new Error('it hung up')
    received = Buffer.concat([received, value])
  }
  return received.subarray(8)
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}

/** Of length -1: none. */
function textAt(buffer: Buffer, offset: number): string {
  const length = buffer.readInt16BE(offset)
  return length < 0 ? '' : buffer.toString('utf8', offset + 2, offset + 2 + length)
}
