import { expect, test } from 'bun:test'
import { component, findingsWith, service } from './shop-fixture.ts'

const yaml = 'services/cart/service.yaml'
const needs = (...list: string[]) => service('cart', 8002, `stores: [{ name: carts, needs: [${list}] }]\n`)
const store = (name: string, settings: Record<string, string>) =>
  `${component(name, 'state.sqlite', { connectionString: 'file:carts.db', busyTimeout: '20s', ...settings })}scopes: [cart]\n`
const memcached = `${component('carts', 'state.memcached', { hosts: '127.0.0.1:11211' })}scopes: [cart]\n`
const twoStores = service('cart', 8002, 'stores: [{ name: carts, needs: [workflows] }, baskets]\n')

test('a store that offers all that is needed', async () => {
  expect(
    await findingsWith({
      [yaml]: needs('etag', 'ttl', 'transactions', 'workflows'),
      'components/own/carts.yaml': store('carts', { actorStateStore: 'true' }),
    }),
  ).toEqual([])
})

test('a store that lacks some of it', async () => {
  expect(
    await findingsWith({
      [yaml]: needs('etag', 'ttl', 'workflows'),
      'components/own/carts.yaml': memcached,
    }),
  ).toEqual(
    ['etag', 'workflows'].map(
      need =>
        `own/carts.yaml:4: state.memcached does not offer ${need}, which cart needs (services/cart/service.yaml); choose a type of state.* that does`,
    ),
  )
})

test.each(['false', undefined])('a store of workflows with actorStateStore %p', async value => {
  const changes = {
    [yaml]: needs('workflows'),
    'components/own/carts.yaml': store('carts', value === undefined ? {} : { actorStateStore: value }),
  }
  expect(await findingsWith(changes)).toEqual([
    `own/carts.yaml:${value ? 4 : 1}: keeps the workflows of cart, and is no store of actors; add "{ name: actorStateStore, value: 'true' }" to spec.metadata`,
  ])
})

test('two stores of actors in one app', async () => {
  expect(
    await findingsWith({
      [yaml]: twoStores,
      'components/own/carts.yaml': store('carts', { actorStateStore: 'true' }),
      'components/own/others.yaml': store('baskets', { actorStateStore: 'yes' }),
    }),
  ).toEqual([
    'own/others.yaml:4: actorStateStore is true of baskets and of carts, and an app takes one of them; remove it here, or in components/own/carts.yaml:4',
  ])
})
