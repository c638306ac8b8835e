import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createServer, type Server } from 'node:net'
import { readComponents } from '../../check/components/read-set.ts'
import { givenServer } from './given-component.ts'

/** Says something that no client of Redis, RabbitMQ or Kafka understands. */
let odd: Server
let there = ''
let heard = ''
beforeAll(async () => {
  odd = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', data => {
      heard += data
      socket.end('-ERR not me\r\n')
    })
  })
  await new Promise<void>(resolve => odd.listen(0, '127.0.0.1', resolve))
  there = `127.0.0.1:${(odd.address() as { port: number }).port}`
})
afterAll(() => odd.close())

// port 1 of loopback is nobody's
const down = '127.0.0.1:1'

interface Says {
  type: string
  secrets?: Record<string, string>
  values?: Record<string, string>
}

/** The secret of `redisHost` is `redishost`. */
function serverOf({ type, secrets = {}, values = {} }: Says, given?: Record<string, string>) {
  const lines = [
    ...['kind: Component', 'metadata: { name: mine }', 'spec:', `  type: ${type}`, '  metadata:'],
    ...Object.entries(values).map(([name, value]) => `    - { name: ${name}, value: "${value}" }`),
    ...Object.keys(secrets).map(
      name => `    - { name: ${name}, secretKeyRef: { name: ${name.toLowerCase()} } }`,
    ),
  ]
  const [component] = readComponents('components/mine/mine.yaml', lines.join('\n')).components
  if (!component) throw new Error('no component')
  const all = Object.entries(secrets).map(([name, value]) => [name.toLowerCase(), value])
  return givenServer(component, given ?? Object.fromEntries(all))
}

async function refusalOf(says: Says): Promise<string | undefined> {
  const error = await serverOf(says)
    ?.prepare?.(AbortSignal.timeout(10_000))
    .catch((error: Error) => error)
  return error?.message
}

const plainKafka = { authType: 'password', saslMechanism: 'PLAINTEXT', disableTls: 'true' }
const redisAt = (redisHost: string) => ({ redisHost, redisPassword: 'hush' })
const kafkaAt = (brokers: string) => ({ brokers, saslUsername: 'me', saslPassword: 'hush' })

test.each<[string, Says, string]>([
  ['Redis', { type: 'pubsub.redis', secrets: redisAt(down) }, 'REDISHOST and SHOP_SECRET_REDISPASSWORD'],
  [
    'RabbitMQ',
    { type: 'pubsub.rabbitmq', secrets: { connectionString: `amqp://me:hush@${down}` } },
    'CONNECTIONSTRING',
  ],
  [
    'PostgreSQL',
    { type: 'state.postgresql', secrets: { connectionString: `postgres://me:hush@${down}/db` } },
    'CONNECTIONSTRING',
  ],
  [
    'Kafka',
    { type: 'pubsub.kafka', secrets: kafkaAt(down), values: plainKafka },
    'BROKERS and SHOP_SECRET_SASLUSERNAME and SHOP_SECRET_SASLPASSWORD',
  ],
])('%s that is down is told with place and fix', async (name, says, variables) => {
  const message = await refusalOf(says)
  const line = 6 + Object.keys(says.values ?? {}).length
  expect(message).toStartWith(`components/mine/mine.yaml:${line}: ${name} at ${down} cannot be used: `)
  expect(message).toEndWith(`. Start it, or correct SHOP_SECRET_${variables}.`)
  expect(message).not.toContain('hush')
})

test('one that answers something else is told too', async () => {
  expect(await refusalOf({ type: 'state.redis', secrets: redisAt(there) })).toContain('ERR not me')
})

test('Redis is asked as the user of the component', async () => {
  await refusalOf({ type: 'state.redis', secrets: redisAt(there), values: { redisUsername: 'me' } })
  expect(heard).toContain('$4\r\nAUTH\r\n$2\r\nme\r\n$4\r\nhush\r\n')
})

test.each<[string, (address: string) => Says]>([
  ['Redis', at => ({ type: 'state.redis', secrets: redisAt(at), values: { enableTLS: 'true' } })],
  ['RabbitMQ', at => ({ type: 'pubsub.rabbitmq', secrets: { connectionString: `amqps://me:hush@${at}` } })],
  ['Kafka', at => ({ type: 'pubsub.kafka', secrets: kafkaAt(at), values: { authType: 'password' } })],
  [
    'Kafka with SCRAM',
    at => ({
      type: 'pubsub.kafka',
      secrets: kafkaAt(at),
      values: { ...plainKafka, saslMechanism: 'SHA-512' },
    }),
  ],
])('%s with a login that is not known here only has to be there', async (_, saysAt) => {
  expect(await refusalOf(saysAt(there))).toBeUndefined()
  expect(await refusalOf(saysAt(down))).toContain(`${down} cannot be used: `)
})

test('what node-postgres alone fails at is left to the sidecar', async () => {
  const secrets = { connectionString: `postgres://me:hush@${there}/db?sslmode=require` }
  expect(await refusalOf({ type: 'state.postgresql', secrets })).toBeUndefined()
})

test.each<[string, Says]>([
  ['of another type', { type: 'pubsub.mqtt3', secrets: { url: 'tcp://127.0.0.1:1' } }],
  ['with sentinels', { type: 'state.redis', secrets: redisAt(down), values: { failover: 'true' } }],
  ['of several nodes', { type: 'state.redis', secrets: redisAt('one:6379,two:6379') }],
  [
    'with an address of its own kind',
    { type: 'state.postgresql', secrets: { connectionString: 'host=db user=me' } },
  ],
  ['with no secret that is given', { type: 'state.redis', values: redisAt(down) }],
])('a component %s is not asked for', (_, says) => {
  expect(serverOf(says)).toBeUndefined()
})

test("a component of which some secret is the run's own is not asked for", () => {
  expect(serverOf({ type: 'state.redis', secrets: redisAt(down) }, { redishost: down })).toBeUndefined()
})
