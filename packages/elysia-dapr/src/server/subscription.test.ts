import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { topic } from '../contract.ts'
import { dapr } from './dapr.ts'
import { type SubscribeOptions, subscribe } from './subscribe.ts'
import { type SubscribeBulkOptions, subscribeBulk } from './subscribe-bulk.ts'
import { subscriptionsOf } from './subscription.ts'

const placed = topic('pubsub', 'placed', Type.Unknown())
const paid = topic('pubsub', 'paid', Type.Unknown())
const letters = topic('pubsub', 'letters', Type.Unknown())
const ignore = () => undefined

const one = (options?: SubscribeOptions, of = placed) => subscribe(of, ignore, options)
const bulk = (options?: SubscribeBulkOptions, of = placed) => subscribeBulk(of, ignore, options)

function appOf(...plugins: Elysia[]): Elysia {
  return plugins.reduce((app, plugin) => app.use(plugin), new Elysia().use(dapr({ appToken: '' })))
}

const a = { match: 'event.type == "a"' }
const b = { match: 'event.type == "b"' }

test('the subscriptions of one topic are one entry, with its settings', () => {
  const settings = { deadLetterTopic: letters, raw: true, metadata: { key: 'value' } }
  const app = appOf(
    one({ ...settings, ...b, priority: 2 }),
    one(settings),
    one({ ...settings, ...a, priority: 1, route: '/a' }),
    one({ raw: true }, letters),
  )
  expect(subscriptionsOf(app)).toEqual([
    {
      pubsubname: 'pubsub',
      topic: 'placed',
      routes: {
        rules: [
          { match: 'event.type == "a"', path: '/a' },
          { match: 'event.type == "b"', path: '/events/pubsub/placed/event.type%20%3D%3D%20%22b%22' },
        ],
        default: '/events/pubsub/placed',
      },
      deadLetterTopic: 'letters',
      metadata: { key: 'value', rawPayload: 'true' },
    },
    {
      pubsubname: 'pubsub',
      topic: 'letters',
      routes: { default: '/events/pubsub/letters' },
      metadata: { rawPayload: 'true' },
    },
  ])
})

test('rules of one priority keep the order in which they were added', () => {
  const app = appOf(one(b), one({ ...a, priority: -1 }), one({ match: 'true' }), one())
  expect(subscriptionsOf(app)[0]?.routes.rules?.map(({ match }) => match)).toEqual([a.match, b.match, 'true'])
})

test('a bulk says how many events it takes, and how long it waits for them', () => {
  const [subscription, plain] = subscriptionsOf(
    appOf(bulk({ maxMessages: 20, maxAwait: 50 }), bulk({}, paid)),
  )
  expect(subscription?.bulkSubscribe).toEqual({ enabled: true, maxMessagesCount: 20, maxAwaitDurationMs: 50 })
  expect(plain?.bulkSubscribe).toEqual({ enabled: true })
})

describe('listen ends with an error for', () => {
  test.each<[string, Elysia[], string]>([
    ['two defaults', [one(), one({ route: '/other' })], 'two subscriptions to pubsub/placed: one app can'],
    [
      'one rule twice',
      [one(a), one({ match: ` ${a.match} `, route: '/o' }), one()],
      'match event.type == "a"',
    ],
    [
      'rules alone, which lose the rest',
      [one(a), one(b)],
      'that no rule matches would be acknowledged, and lost',
    ],
    [
      'rules of a bulk alone, whose rest daprd would post to no path',
      [bulk({ ...a, deadLetterTopic: 'letters' })],
      'that no rule matches would be delivered to no path',
    ],
    ['single and bulk', [one(a), bulk()], 'pubsub/placed are single and bulk'],
    [
      'two dead-letter topics',
      [one({ ...a, deadLetterTopic: 'x' }), one({ deadLetterTopic: 'y' })],
      'disagree about deadLetterTopic: x and y',
    ],
    ['a dead-letter topic of one rule', [one({ ...a, deadLetterTopic: 'x' }), one()], 'x and none'],
    [
      'different metadata',
      [one({ ...a, metadata: { k: '1' } }), one({ metadata: { k: '2' } })],
      'about metadata',
    ],
    [
      'raw and not',
      [one({ ...a, raw: true }), one()],
      'disagree about metadata: {"rawPayload":"true"} and none',
    ],
    ['bulks of two sizes', [bulk({ ...a, maxMessages: 1 }), bulk({ maxMessages: 2 })], 'about bulkSubscribe'],
    [
      'two callbacks on one path',
      [one({ route: '/same' }), one({ route: '/same' }, paid)],
      'two routes answer POST /same: only one can get what daprd sends',
    ],
    [
      'another route on the path of a callback',
      [one({ route: '/same' }), new Elysia().post('/same', ignore) as unknown as Elysia],
      'two routes answer POST /same',
    ],
    [
      'a prefix with parameters',
      [new Elysia({ prefix: '/:tenant' }).use(one()) as unknown as Elysia],
      '/:tenant/events/pubsub/placed cannot be called by daprd',
    ],
    [
      'raw dead letters that are read as events',
      [one({ raw: true, deadLetterTopic: letters }), one({}, letters)],
      'the dead letters of pubsub/placed are raw as it is: subscribe to letters with raw',
    ],
    [
      'dead letters that go round in circles',
      [one({ deadLetterTopic: paid }), one({ deadLetterTopic: placed }, paid)],
      'the dead letters of pubsub/placed come back to it',
    ],
  ])('%s', async (_, plugins, message) => {
    const app = appOf(...plugins)
    expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow(message)
    await app.stop(true)
  })

  test('an app that does not use dapr()', async () => {
    const app = new Elysia().use(one())
    expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow('the app has to use dapr()')
    await app.stop(true)
  })

  test('dapr() below a prefix, where daprd does not look', async () => {
    const app = new Elysia().use(new Elysia({ prefix: '/v1' }).use(dapr())).use(one())
    expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow('use dapr() without a prefix')
    await app.stop(true)
  })

  test('dapr() twice', async () => {
    const app = new Elysia().use(dapr()).use(one()).use(dapr())
    expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow('two routes answer POST /job/*')
    await app.stop(true)
  })
})

test.each<[string, SubscribeOptions, string]>([
  ['no expression', { match: ' ' }, 'would take every event'],
  ['a priority that is none', { ...a, priority: Number.NaN }, 'NaN is no priority'],
  ['no time', { timeout: 0 }, '0 is no timeout'],
  ['more time than a timer has', { timeout: 2 ** 31 }, '2147483648 is no timeout'],
  [
    'metadata that are no text',
    { metadata: { key: true as unknown as string } },
    'metadata key of pubsub/placed is no text',
  ],
  ['raw as metadata', { metadata: { rawPayload: 'true' } }, 'use raw, not metadata.rawPayload'],
  ['dead letters without a name', { deadLetterTopic: '' }, 'has no name'],
  [
    'dead letters of another component',
    { deadLetterTopic: topic('other', 'x', Type.Unknown()) },
    'cannot go to other',
  ],
  [
    'the topic itself for its dead letters',
    { deadLetterTopic: placed },
    'cannot be its own dead-letter topic',
  ],
  ...['', '/', 'placed', '/a//b', '/a/', '/a?b', '/a#b', '/:a', '/a/*', '/a b', 'http://a/b'].map(
    (route): [string, SubscribeOptions, string] => [
      `the route ${route}`,
      { route },
      'is no route for events',
    ],
  ),
])('subscribe refuses %s', (_, options, message) => {
  for (const declare of [one, bulk]) {
    expect(() => declare(options)).toThrow(TypeError)
    expect(() => declare(options)).toThrow(message)
  }
})

test.each<[SubscribeBulkOptions, string]>([
  [{ maxMessages: 0 }, '0 is no maxMessages'],
  [{ maxAwait: 1.5 }, '1.5 is no maxAwait'],
  [{ ...a, raw: true }, 'no event to match'],
])('subscribeBulk refuses %j', (options, message) => {
  expect(() => bulk(options)).toThrow(message)
})

test.each([
  ['', 'placed'],
  ['pubsub', ''],
])('a topic has names: %j %j', (pubsub, name) => {
  expect(() => one({}, topic(pubsub, name, Type.Unknown()))).toThrow('is no topic: a name is empty')
})
