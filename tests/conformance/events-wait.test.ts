import { expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  dapr,
  publish,
  sidecar,
  subscribe,
  topic,
  waitForSubscriptions,
} from '../../packages/elysia-dapr/src/index.ts'
import { component, daprd, eventually, failureOf } from './environment.ts'
import { inbox, pubsubTopic } from './events-setup.ts'

setDefaultTimeout(60_000)

const orders = pubsubTopic('orders')
const letters = pubsubTopic('letters')
const resources = [component('pubsub', 'pubsub.in-memory')]
const ignore = () => undefined
const short = { timeout: 300 }

function appOf(...subscriptions: Elysia[]): Elysia {
  return subscriptions.reduce((app, one) => app.use(one), new Elysia().use(dapr({ appToken: '' })))
}

test('waiting for subscriptions resolves once daprd has the subscriptions, rules and settings included', async () => {
  const app = appOf(
    subscribe(orders, ignore, {
      match: 'event.type == "a"',
      deadLetterTopic: letters,
      metadata: { b: '1', a: '2' },
    }),
    subscribe(orders, ignore, { deadLetterTopic: letters, metadata: { a: '2', b: '1' } }),
    subscribe(letters, ignore),
  )
  await using started = await daprd({ app, resources, waitFor: 'outbound' })
  await waitForSubscriptions(started, app)
})

test('waiting for subscriptions resolves for an app without any', async () => {
  await using started = await daprd({ app: () => new Elysia() })
  await waitForSubscriptions(started, appOf())
})

test('waiting for subscriptions goes on while there is no sidecar, as long as it may', async () => {
  const target = sidecar({ endpoint: 'http://127.0.0.1:1' })
  expect(
    await failureOf(waitForSubscriptions(target, appOf(subscribe(orders, ignore)), short)),
  ).toMatchObject({
    code: 'TIMEOUT',
    message: 'not subscribed within 300 ms: no answer of the sidecar',
  })
})

test('waiting for subscriptions can be cancelled', async () => {
  const abort = new AbortController()
  const target = sidecar({
    endpoint: 'http://127.0.0.1:1',
    fetch(request) {
      abort.abort()
      return fetch(request)
    },
  })
  const wait = waitForSubscriptions(target, appOf(subscribe(orders, ignore)), { signal: abort.signal })
  expect(await failureOf(wait)).toMatchObject({ name: 'DaprError', code: 'ABORTED' })
})

test.each([
  [
    'a component that is not there',
    [subscribe(topic('nowhere', 'orders', Type.Unknown()), ignore), subscribe(letters, ignore)],
    'nowhere/orders (there is no pub/sub component nowhere)',
  ],
  [
    'a rule that is no CEL, which costs all subscriptions',
    [
      subscribe(orders, ignore, { match: 'event.type = "a"', deadLetterTopic: letters }),
      subscribe(letters, ignore),
    ],
    'pubsub/orders (unknown to daprd), pubsub/letters (unknown to daprd)',
  ],
])('waiting for subscriptions names what is missing: %s', async (_, subscriptions, missing) => {
  const app = appOf(...subscriptions)
  await using started = await daprd({ app, resources })
  expect(await failureOf(waitForSubscriptions(started, app, short))).toMatchObject({
    code: 'TIMEOUT',
    message: `not subscribed within 300 ms: ${missing}`,
  })
})

test('waiting for subscriptions tells an app that has changed from the one that daprd has asked', async () => {
  await using started = await daprd({ app: appOf(subscribe(orders, ignore)), resources })
  const changed = appOf(subscribe(orders, ignore, { route: '/other' }), subscribe(letters, ignore))
  expect(await failureOf(waitForSubscriptions(started, changed, short))).toMatchObject({
    message:
      'not subscribed within 300 ms: pubsub/orders (daprd has another one), pubsub/letters (unknown to daprd)',
  })
})

test('waiting for subscriptions does not see that the scopes of the component forbid the topic', async () => {
  const app = appOf(subscribe(orders, ignore))
  const limited = component('pubsub', 'pubsub.in-memory', { subscriptionScopes: 'app=other' })
  await using started = await daprd({ app, resources: [limited] })
  await waitForSubscriptions(started, app)
  await eventually(() =>
    started.log().includes("subscription to topic 'orders' on pubsub 'pubsub' is not allowed")
      ? true
      : undefined,
  )
})

test('what is published after waiting for subscriptions gets to the app', async () => {
  const box = inbox()
  const app = appOf(subscribe(orders, box.keep))
  await using started = await daprd({ app, resources, waitFor: 'outbound' })
  await waitForSubscriptions(started, app)
  await eventually(async () => {
    await publish(started, orders, 1)
    return box.of(orders)[0]
  })
})
