import { expect, test } from 'bun:test'
import { component } from 'elysia-dapr/testing'
import { isComponent, openedTo } from './component-set.ts'

const guest = { appId: 'guest', publishes: ['own'], subscribes: ['own', 'orders'] }
const pubsub = component(
  'pubsub',
  'pubsub.any',
  {
    url: 'tcp://broker',
    allowedTopics: 'orders',
    publishingScopes: 'orders=orders',
    subscriptionScopes: 'stock=orders',
  },
  { scopes: ['orders', 'stock'] },
)

test('the pub/sub component is as it was, and open to one more app', () => {
  const [opened] = openedTo([pubsub], 'pubsub', guest)
  expect(opened).toEqual(
    component(
      'pubsub',
      'pubsub.any',
      {
        url: 'tcp://broker',
        allowedTopics: 'orders,own,orders',
        publishingScopes: 'orders=orders;guest=own',
        subscriptionScopes: 'stock=orders;guest=own,orders',
      },
      { scopes: ['orders', 'stock', 'guest'] },
    ),
  )
})

test('secret stores and resiliency come along, nothing else', () => {
  const secrets = component('secrets', 'secretstores.local.file')
  const resiliency = { apiVersion: 'dapr.io/v1alpha1', kind: 'Resiliency', metadata: { name: 'shop' } }
  const others = [component('carts', 'state.any'), component('other', 'pubsub.any')]
  const opened = openedTo([pubsub, secrets, resiliency, ...others], 'pubsub', guest)
  expect(opened.map(({ metadata }) => metadata.name)).toEqual(['pubsub', 'secrets', 'shop'])
  expect(opened.filter(isComponent).map(({ scopes }) => scopes)).toEqual([
    ['orders', 'stock', 'guest'],
    undefined,
  ])
})
