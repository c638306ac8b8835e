// Run on Node by harness-node.test.ts: prints what it saw, and ends as its argument says.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { dapr, publish, subscribe, topic } from '../../../packages/elysia-dapr/src/index.ts'
import {
  component,
  daprd,
  fakeDaprd,
  temporaryFolder,
} from '../../../packages/elysia-dapr/src/testing/index.ts'

const sold = topic('pubsub', 'sold', Type.Integer())
const anything = topic('pubsub', 'sold', Type.Unknown())

const handled: number[] = []
const app = new Elysia().use(dapr()).use(subscribe(sold, ({ data }) => void handled.push(data)))
const fake = fakeDaprd(app)
const verdicts = [await fake.deliver(sold, 1), await fake.deliver(anything, 'x')]

let told: (data: unknown) => void = () => undefined
const delivered = new Promise<unknown>(resolve => {
  told = resolve
})
const subscriptions = [{ pubsubname: 'pubsub', topic: 'sold', route: '/sold' }]
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString()
  response.end(request.url === '/dapr/subscribe' ? JSON.stringify(subscriptions) : '')
  if (request.url === '/sold') told(JSON.parse(body).data)
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))

const home = await temporaryFolder()
const { port } = server.address() as AddressInfo
const resources = [component('pubsub', 'pubsub.in-memory')]
const shop = await daprd({ app: { port }, home: home.path, resources })
await shop.kill()
await shop.restart()
await publish(shop, sold, 7)
const seen = { handled, verdicts, delivered: await delivered, home: home.path }
await new Promise(resolve => process.stdout.write(JSON.stringify(seen), resolve))

if (process.argv[2] === 'dispose') {
  await shop[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
  server.close()
} else {
  process.kill(process.pid, 'SIGKILL')
}
