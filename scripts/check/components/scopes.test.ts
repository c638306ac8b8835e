import { expect, test } from 'bun:test'
import {
  carts,
  component,
  findingsWith,
  provider,
  pubsub,
  secrets,
  secretsOf,
  service,
  vault,
} from './shop-fixture.ts'

const others = component('others', 'secretstores.local.file', { secretsFile: 'others.json' })

test('scopes that fit the topology, in any order', async () => {
  expect(await findingsWith({})).toEqual([])
})

test('a new topic of a service is missing three times', async () => {
  const publishes = service('orders', 8003, 'publishes: [order-placed, order-cancelled]\n')
  const subscribes = service('billing', 8004, 'subscribes: [order-placed, order-cancelled]\nsecrets: [key]\n')
  expect(
    await findingsWith({
      'services/orders/service.yaml': publishes,
      'services/billing/service.yaml': subscribes,
    }),
  ).toEqual([
    'own/pubsub.yaml:11: allowedTopics lacks order-cancelled; write "value: billing.dead-letters,order-placed,order-cancelled"',
    'own/pubsub.yaml:13: publishingScopes lacks orders=order-cancelled; write "value: billing=billing.dead-letters;orders=order-placed,order-cancelled"',
    'own/pubsub.yaml:15: subscriptionScopes lacks billing=order-cancelled; write "value: billing=order-placed,order-cancelled,billing.dead-letters;orders="',
  ])
})

const cases: [name: string, changes: Record<string, string | undefined>, findings: string[]][] = [
  [
    'an app that reads without dead letters',
    { 'components/own/pubsub.yaml': pubsub.replace('order-placed,billing.dead-letters;', 'order-placed;') },
    [
      'own/pubsub.yaml:15: subscriptionScopes lacks billing=billing.dead-letters; write "value: billing=order-placed,billing.dead-letters;orders="',
    ],
  ],
  [
    'an app that no entry restricts',
    { 'components/own/pubsub.yaml': pubsub.replace(';orders=\n', '\n') },
    [
      'own/pubsub.yaml:15: subscriptionScopes lacks orders=; write "value: billing=order-placed,billing.dead-letters;orders="',
    ],
  ],
  [
    'a topic and an app too much',
    {
      'components/own/pubsub.yaml': pubsub
        .replace('order-placed, ', 'order-placed, gossip, ')
        .replace('[orders, billing]', '[orders, billing, cart]'),
    },
    [
      'own/pubsub.yaml:11: allowedTopics has gossip too much; write "value: billing.dead-letters,order-placed"',
      'own/pubsub.yaml:17: scopes has cart too much; write "scopes: [billing, orders]"',
    ],
  ],
  [
    'no list of topics',
    { 'components/own/pubsub.yaml': pubsub.replace('allowedTopics', 'protectedTopics') },
    [
      `own/pubsub.yaml:1: has no allowedTopics, so no topic is closed; add "{ name: allowedTopics, value: 'billing.dead-letters,order-placed' }" to spec.metadata`,
    ],
  ],
  [
    'a state store that every app may use',
    { 'components/own/carts.yaml': carts.replace('scopes: [cart]\n', '') },
    ['own/carts.yaml:1: has no scopes, so every app may use it; write "scopes: [cart]"'],
  ],
  [
    'a state store of another app',
    { 'components/own/carts.yaml': carts.replace('[cart]', '[orders]') },
    ['own/carts.yaml:5: scopes lacks cart and has orders too much; write "scopes: [cart]"'],
  ],
  [
    'a state store that nobody uses',
    { 'services/cart/service.yaml': service('cart', 8002, '') },
    [
      'own/carts.yaml:1: no service.yaml uses it; remove the component, or name it under stores in the service.yaml of who uses it',
    ],
  ],
  [
    'a state store that is not there',
    { 'components/own/carts.yaml': undefined },
    [
      'components/own: has no component of type state.* named carts, which cart uses; add components/own/carts.yaml',
    ],
  ],
  [
    'a binding without scopes, and a crypto component of an app that has no business with it',
    {
      'services/cart/service.yaml': service('cart', 8002, 'stores: [carts]\nbindings: [provider]\n'),
      'components/own/provider.yaml': provider,
      'components/own/vault.yaml': `${vault}scopes: [cart]\n`,
    },
    [
      'own/provider.yaml:1: has no scopes, so every app may use it; write "scopes: [cart]"',
      'own/vault.yaml:1: no service.yaml uses it; remove the component, or name it under crypto in the service.yaml of who uses it',
    ],
  ],
  [
    'a binding and a crypto component that are not there',
    {
      'services/cart/service.yaml': service(
        'cart',
        8002,
        'stores: [carts]\nbindings: [provider]\ncrypto: [vault]\n',
      ),
      'components/own/vault.yaml': component('vault', 'state.sqlite', {
        connectionString: 'file:v.db',
        busyTimeout: '20s',
      }),
    },
    [
      'components/own: has no component of type bindings.* named provider, which cart uses; add components/own/provider.yaml',
      'own/vault.yaml:4: vault, which cart uses, is of type state.sqlite; choose a type of crypto.*',
    ],
  ],
  [
    // billing reads secrets of its own, orders those of the broker
    'a secret store that a component needs in another app',
    { 'components/own/secrets.yaml': secretsOf('billing') },
    ['own/secrets.yaml:5: scopes lacks orders; write "scopes: [billing, orders]"'],
  ],
  [
    'a secret store of an app that has no business with it',
    { 'components/own/secrets.yaml': secretsOf('billing', 'cart', 'orders') },
    ['own/secrets.yaml:5: scopes has cart too much; write "scopes: [billing, orders]"'],
  ],
  [
    'a secret store that every app may use',
    { 'components/own/secrets.yaml': secrets.replace(/scopes: .*\n/, '') },
    ['own/secrets.yaml:1: has no scopes, so every app may use it; write "scopes: [billing, orders]"'],
  ],
  [
    'a second secret store, which a component refers to',
    {
      'components/own/others.yaml': others,
      'components/own/pubsub.yaml': pubsub.replace('secretStore: secrets', 'secretStore: others'),
      'components/own/secrets.yaml': secretsOf('billing'),
    },
    ['own/others.yaml:1: has no scopes, so every app may use it; write "scopes: [billing, orders]"'],
  ],
  [
    'components of kinds that no service.yaml can name',
    {
      'components/own/cache.yaml': `${component('cache', 'lock.redis', { redisHost: '127.0.0.1' })}scopes: [cart]\n`,
      'components/own/others.yaml': others,
      'components/own/events.yaml': pubsub.replace('name: pubsub', 'name: events'),
      'components/own/lock.yaml': component('lock', 'lock.redis', { redisHost: '127.0.0.1' }),
      'components/own/flags.yaml': `${component('flags', 'configuration.redis', { redisHost: '127.0.0.1' })}scopes: [cart, order]\n`,
    },
    [
      'own/flags.yaml:5: scopes have order, which is no service; did you mean orders?',
      ...['lock', 'others'].map(
        name =>
          `own/${name}.yaml:1: has no scopes, so every app may use it; write "scopes: […]" with the apps that use it, or remove the component`,
      ),
    ],
  ],
]

test.each(cases)('%s', async (_, changes, findings) => {
  expect(await findingsWith(changes)).toEqual(findings)
})

test('the names and types of daprd, which ignores the case of metadata and reads many documents', async () => {
  const together = `${carts}---\n${pubsub.replace('publishingScopes', 'PublishingSCOPES')}`
  expect(
    await findingsWith({ 'components/own/pubsub.yaml': undefined, 'components/own/carts.yaml': together }),
  ).toEqual([])
})
