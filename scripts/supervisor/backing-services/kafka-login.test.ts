import { expect, test } from 'bun:test'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { logInToKafka } from './kafka-login.ts'

/** A broker that answers the first question with the first answer, and so on, in pieces of three bytes. */
async function fakeBroker(answers: (Buffer | 'hang up' | 'nothing')[]) {
  const asked: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', async data => {
      const answer = answers[asked.push(Buffer.from(data)) - 1]
      if (answer === 'hang up') socket.end()
      if (!Buffer.isBuffer(answer)) return
      for (let at = 0; at < answer.length; at += 3) {
        socket.write(answer.subarray(at, at + 3))
        await Bun.sleep(1)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    asked,
    login: { broker: `127.0.0.1:${port}`, user: 'me', password: 'mine' },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** With its length, and the number that the question had. */
function answer(...hexes: string[]): Buffer {
  const body = Buffer.from(`00000001${hexes.join('')}`, 'hex')
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

const text = (value: string) =>
  value.length.toString(16).padStart(4, '0') + Buffer.from(value).toString('hex')
const plainIsTaken = answer('0000', '00000001', text('PLAIN'))
const never = new AbortController().signal

test('user and password are shown as SASL/PLAIN has them', async () => {
  await using broker = await fakeBroker([plainIsTaken, answer('0000', 'ffff', '00000000')])
  await logInToKafka(broker.login, never)
  // SaslHandshake, version 1; SaslAuthenticate, version 0
  expect(broker.asked.map(data => data.subarray(4, 8).toString('hex'))).toEqual(['00110001', '00240000'])
  expect(broker.asked[0]?.toString()).toEndWith('PLAIN')
  expect(broker.asked[1]?.toString()).toEndWith('\0me\0mine')
})

test.each([
  [
    'no such way to log in',
    [answer('0021', '00000001', text('SCRAM-SHA-512'))],
    'it takes no login by SASL/PLAIN',
  ],
  ['a refusal', [plainIsTaken, answer('003a', text('Invalid password'), '00000000')], 'Invalid password'],
  ['a refusal without a word', [plainIsTaken, answer('003a', 'ffff', '00000000')], 'it refuses the login'],
  ['an end without an answer', ['hang up'], 'it hung up'],
  ['an alert of TLS', [Buffer.from('15030300020232', 'hex')], 'it does not speak Kafka'],
] as const)('%s is told', async (_, answers, message) => {
  await using broker = await fakeBroker([...answers])
  await expect(logInToKafka(broker.login, never)).rejects.toThrow(message)
})

test('one that says nothing is left when the time is over', async () => {
  await using broker = await fakeBroker(['nothing'])
  await expect(logInToKafka(broker.login, AbortSignal.timeout(50))).rejects.toThrow('abort')
})
