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
  ['services/cart/src/store.ts', "import IORedis from 'ioredis'; new IORedis('127.0.0.1:6379')\n", 'ioredis'],
  ['services/cart/src/store.ts', "import { t } from 'elysia'; import * as k from 'kafkajs'\n", 'kafkajs'],
  ['services/cart/src/store.ts', "const { connect } = await import('amqplib')\n", 'amqplib'],
  ['services/cart/src/store.ts', "import {\n  connect,\n} from '@scope/async-mqtt'\n", 'mqtt'],
  ['services/cart/src/tests/a.ts', '// Redis\n', 'Redis'],
  ['services/cart/src/migrations/a.ts', '// Redis\n', 'Redis'],
  ['services/cart/src/store.js', "const Redis = require('ioredis')\n", 'Redis'],
  ['services/cart/src/store.cjs', "const store = require('ioredis')\n", 'ioredis'],
  ['services/cart/src/store.mjs', "export * from 'kafkajs'\n", 'kafkajs'],
  ['services/cart/src/store.mts', "import 'iovalkey'\n", 'iovalkey'],
  ['services/cart/src/page.tsx', "import mongoose from 'mongoose'\n", 'mongoose'],
  ['packages/payment-provider/src/store.ts', "import { Queue } from 'bullmq'\n", 'bullmq'],
  ['services/insights/insights/app.py', 'import pika\n', 'pika'],
  ['services/insights/insights/app.py', 'import os, aio_pika as broker\n', 'aio_pika'],
  ['services/insights/insights/app.py', '    from aiokafka import AIOKafkaConsumer\n', 'aiokafka'],
  ['services/insights/insights/app.py', 'import aioredis\n', 'aioredis'],
  ['services/shipping/main.go', 'import (\n\t"fmt"\n\t"github.com/IBM/sarama"\n)\n', 'sarama'],
  ['services/shipping/main.go', 'import queue "github.com/x/gokafka"\n', 'gokafka'],
  ['services/cart/package.json', '{ "dependencies": {\n  "redis": "5.0.0"\n} }\n', 'redis'],
  ['services/cart/package.json', '{ "dependencies": {\n  "kafkajs": "2.0.0"\n} }\n', 'kafkajs'],
  ['packages/journal/package.json', '{ "dependencies": { "ioredis": "5.0.0" } }\n', 'ioredis'],
  ['services/shipping/go.mod', 'require github.com/go-redis/redismock v9.0.0\n', 'redis'],
  ['services/shipping/go.mod', 'require github.com/twmb/franz-go v1.0.0\n', 'franz-go'],
  ['services/insights/pyproject.toml', '[project]\ndependencies = ["redis"]\n', 'redis'],
  ['services/insights/requirements.txt', 'pika==1.3.2\n', 'pika'],
  ['services/insights/requirements-dev.in', 'aiokafka\n', 'aiokafka'],
  ['services/cart/src/config.ts', "if (process.env.SHOP_SET === 'embedded') skip()\n", 'SHOP_SET'],
  ['packages/chassis/src/config.ts', 'const { SHOP_SET } = process.env\n', 'SHOP_SET'],
  ['services/insights/insights/config.py', 'os.environ["SHOP_SET"]\n', 'SHOP_SET'],
  ['services/cart/service.yaml', 'env: { SHOP_SET: mine }\n', 'SHOP_SET'],
  ['dapr/dapr.yaml', 'apps:\n  - env: { SHOP_SET: mine }\n', 'SHOP_SET'],
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
      'services/cart/src/page.test.tsx': "import 'ioredis'\n",
      'services/insights/tests/broker.py': 'import pika\n',
      'packages/elysia-dapr/test/server.ts': '// Redis\n',
      'scripts/start.ts': '// Redis, SHOP_SET\n',
      'package.json': '{ "devDependencies": { "amqplib": "2.3.1" } }\n',
    }),
  ).toEqual([])
})

test('imports and dependencies that are no clients of a component', async () => {
  expect(
    await findingsIn({
      'services/cart/src/store.ts': [
        "import { drizzle } from 'drizzle-orm/node-postgres'",
        "import Database from 'better-sqlite3'",
        "import { Database as Embedded } from 'bun:sqlite'",
        "import { associate } from '@shop/associates'",
        "import { consultation } from './consultations.ts'",
        "throw new Error('what to import from elsewhere: SHOP_SETTINGS, a consultation')",
      ].join('\n'),
      'services/insights/insights/app.py': 'import sqlite3\nfrom natsort import natsorted\n',
      'services/shipping/main.go': 'import (\n\t"database/sql"\n\t_ "github.com/lib/pq"\n)\n',
      'services/cart/package.json': '{ "dependencies": { "drizzle-orm": "catalog:", "pg": "catalog:" } }\n',
      'services/insights/requirements.txt': 'psycopg==3.2.0 --hash=sha256:0ae3b\n',
      'packages/local-postgres/package.json': '{ "name": "@shop/local-postgres" }\n',
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
