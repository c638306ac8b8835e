import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { formatFinding } from './finding.ts'
import { fixtureTree } from './fixture.ts'
import { checkVendors } from './vendors.ts'

async function findingsIn(files: Record<string, string>): Promise<string[]> {
  await using tree = await fixtureTree(files)
  return (await checkVendors(tree.root)).map(each => formatFinding(each).split(';')[0] ?? '')
}

const planted: [file: string, text: string, name: string][] = [
  ['services/cart/src/store.ts', "if (answer.type === 'state.redis') retry()\n", 'state.redis'],
  ['services/cart/src/store.ts', '// the broker is RabbitMQ\n', 'RabbitMQ'],
  ['services/cart/src/store.ts', 'const redisClient = connect()\n', 'redis'],
  ['services/cart/src/store.ts', 'export class JetStreamRelay {}\n', 'JetStream'],
  ['services/shipping/internal/state/client.go', 'var url = "nats://127.0.0.1"\n', 'nats'],
  ['services/insights/insights/app.py', 'KAFKA_BROKERS = 1\n', 'KAFKA'],
  ['services/cart/service.yaml', 'env: { BROKER: mqtt3 }\n', 'mqtt3'],
  ['packages/journal/src/relay.ts', "const type = 'pubsub.mqtt3'\n", 'pubsub.mqtt3'],
  ['packages/chassis/src/config.ts', "const store = 'state.sqlite'\n", 'state.sqlite'],
  [
    'packages/elysia-dapr/src/client/state.ts',
    "const refused = 'Redis'\nconst type = 'MongoDB'\n",
    'MongoDB',
  ],
  ['dapr/dapr.yaml', 'apps:\n  - appID: cart\n    env: { STORE: dynamodb }\n', 'dynamodb'],
]

test.each(planted)('%s: %s', async (file, text, name) => {
  const line = text.split('\n').findIndex(each => each.includes(name)) + 1
  expect(await findingsIn({ [file]: text })).toEqual([`${file}:${line}: names ${name}`])
})

test('words like others, the databases of the services, tests, and what the shop does not run', async () => {
  const text =
    "// draws from memory, or the local file of SQLite\nconst url = 'postgres://…'\nconsult(vault)\n"
  expect(
    await findingsIn({
      'services/cart/src/store.ts': text,
      'services/cart/src/store.test.ts': "'pubsub.kafka'\n",
      'services/shipping/main_test.go': '// Redis\n',
      'packages/elysia-dapr/test/server.ts': '// Redis\n',
      'scripts/start.ts': '// Redis\n',
    }),
  ).toEqual([])
})

test('an exception that is needed no more', async () => {
  const file = 'packages/elysia-dapr/src/server/given-up.ts'
  expect(await findingsIn({ [file]: '// as with some brokers\n' })).toEqual([
    `${file}: no longer names kafka`,
  ])
})

test('this repository', async () => {
  expect(await checkVendors(resolve(import.meta.dir, '../..'))).toEqual([])
})
