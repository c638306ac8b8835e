// Checked by tsc alone: every line below an expectation must not compile.
import { Type } from '@sinclair/typebox'
import {
  binding,
  client,
  drop,
  endpoint,
  getConfiguration,
  getJob,
  invokeBinding,
  isFailure,
  job,
  onBinding,
  onConfiguration,
  onJob,
  problem,
  publish,
  publishBulk,
  retry,
  route,
  scheduleJob,
  sidecar,
  stateStore,
  subscribe,
  subscribeBulk,
  topic,
  tryLock,
} from './index.ts'

const params = Type.Object({ id: Type.Integer() })
const body = Type.Object({ units: Type.Integer() })
const Item = Type.Object({ id: Type.Integer(), name: Type.String() })

const getItem = endpoint({
  method: 'GET',
  path: '/items/:id',
  params,
  response: Item,
  errors: { 404: problem('item-unknown', 'item-hidden'), 409: Type.Object({ version: Type.Integer() }) },
})
const addItem = endpoint({ method: 'POST', path: '/items', body, response: Item })
const deleteItem = endpoint({ method: 'DELETE', path: '/items/:id', params })
const picture = topic('pubsub', 'picture', Type.Uint8Array())
const itemSold = topic('pubsub', 'item-sold', Type.Object({ id: Type.Integer() }))

const idAndKey = Type.Object({ id: Type.Integer(), key: Type.String() })

export const paths = [
  endpoint({ method: 'GET', path: '/' }),
  endpoint({
    method: 'GET',
    path: '/shops/:shop/items/:id/',
    params: Type.Object({ id: Type.Integer(), shop: Type.String() }),
  }),
  endpoint({ method: 'GET', path: '/items/:id.json', params: Type.Object({ 'id.json': Type.String() }) }),
  // @ts-expect-error a parameter that may be missing
  endpoint({ method: 'GET', path: '/items/:id?', params }),
  // @ts-expect-error a wildcard
  endpoint({ method: 'GET', path: '/files/*' }),
  // @ts-expect-error no parameters
  endpoint({ method: 'GET', path: '/items/:id', response: Item }),
  // @ts-expect-error a parameter that is missing
  endpoint({ method: 'GET', path: '/shops/:shop/items/:id', params }),
  // @ts-expect-error parameters of a path that has none
  endpoint({ method: 'GET', path: '/items', params }),
  // @ts-expect-error a parameter that the path does not have
  endpoint({ method: 'GET', path: '/items/:id', params: idAndKey }),
  // @ts-expect-error a parameter of another name
  endpoint({ method: 'GET', path: '/items/:id', params: Type.Object({ key: Type.String() }) }),
  // @ts-expect-error no object
  endpoint({ method: 'GET', path: '/items/:id', params: Type.String() }),
]

const dapr = sidecar()
const items = client(dapr, 'items', { getItem, addItem, deleteItem, itemSold })

export async function publishing() {
  await publish(dapr, itemSold, { id: 1 })
  // @ts-expect-error data of another type
  await publish(dapr, itemSold, { id: '1' })
  // @ts-expect-error a missing member
  await publish(dapr, itemSold, {})
  // @ts-expect-error a member that the topic does not have
  await publish(dapr, itemSold, { id: 1, name: 'x' })
  await publish(dapr, picture, new Uint8Array(), { contentType: 'image/png', ttl: 60 })
  // @ts-expect-error a text where bytes are wanted
  await publish(dapr, picture, 'x')
  await publishBulk(dapr, itemSold, [{ data: { id: 1 }, id: 'e1' }])
  // @ts-expect-error data of another type
  await publishBulk(dapr, itemSold, [{ data: { id: '1' } }])
  // @ts-expect-error an entry without data
  await publishBulk(dapr, itemSold, [{ id: 'e1' }])
}

export async function calling() {
  const name: string = (await items.getItem({ params: { id: 1 } })).data.name
  // @ts-expect-error a parameter of another type
  await items.getItem({ params: { id: '1' } })
  // @ts-expect-error no parameters
  await items.getItem({})
  // @ts-expect-error no input at all
  await items.getItem()
  // @ts-expect-error a part that the endpoint does not have
  await items.getItem({ params: { id: 1 }, body: {} })
  // @ts-expect-error a body of another type
  await items.addItem({ body: { units: 'one' } })
  // @ts-expect-error no body
  await items.addItem({})
  // @ts-expect-error an operation that is not there
  await items.findItem({})
  // @ts-expect-error a topic is no operation
  await items.itemSold({})
  // @ts-expect-error an answer without a body has no members
  ;(await items.deleteItem({ params: { id: 1 } })).data.name
  return name
}

export function failing(error: unknown) {
  // @ts-expect-error not before it is narrowed
  error.body
  if (isFailure(error, items.getItem, 404)) {
    const code: 'item-unknown' | 'item-hidden' = error.body.code
    // @ts-expect-error a code that the contract does not have
    if (error.body.code === 'not-found') return undefined
    return code
  }
  if (isFailure(error, items.getItem, 409)) {
    const version: number = error.body.version
    // @ts-expect-error a member of another status's body
    error.body.code
    return version
  }
  // @ts-expect-error a status that the contract does not have
  if (isFailure(error, items.getItem, 410)) return undefined
  // @ts-expect-error an endpoint does not say which app it was called of
  if (isFailure(error, getItem, 404)) return undefined
  // @ts-expect-error an endpoint without expected failures
  return isFailure(error, items.deleteItem, 404)
}

export const routes = [
  route(getItem, ({ params }) => ({ id: params.id, name: 'x' })),
  route(getItem, async ({ params }) => ({ id: params.id, name: 'x' })),
  // @ts-expect-error an answer of another type
  route(getItem, ({ params }) => ({ id: params.id, name: 1 })),
  // @ts-expect-error a missing member, after an await
  route(getItem, async ({ params }) => ({ id: params.id })),
  // @ts-expect-error no answer
  route(getItem, () => undefined),
  // @ts-expect-error a parameter that the contract does not have
  route(getItem, ({ params }) => ({ id: params.key, name: 'x' })),
  // @ts-expect-error a body where there is none
  route(getItem, ({ body }) => ({ id: body.units, name: 'x' })),
  route(deleteItem, () => undefined),
  route(deleteItem, async () => {}),
  // @ts-expect-error an answer where none is declared
  route(deleteItem, () => 5),
]

export const subscriptions = [
  subscribe(itemSold, ({ data }) => void data.id.toFixed()),
  subscribe(itemSold, async ({ data }) => (data.id > 1 ? drop('unknown') : undefined)),
  // @ts-expect-error a member that the topic does not have
  subscribe(itemSold, ({ data }) => void data.name),
  subscribe(itemSold, ({ data }) => (data.id > 1 ? retry('later') : undefined), {
    deadLetterTopic: itemSold,
  }),
  subscribe(itemSold, ({ signal }) => signal.throwIfAborted(), { match: 'true', priority: 1, timeout: 10 }),
  subscribe(picture, ({ data }) => void data.byteLength),
  // @ts-expect-error metadata are texts
  subscribe(itemSold, () => {}, { metadata: { key: true } }),
  // @ts-expect-error neither acknowledged nor given up
  subscribe(itemSold, () => false),
  // @ts-expect-error the same, after an await
  subscribe(itemSold, async () => 'RETRY'),
  subscribeBulk(itemSold, ({ entries }) => entries.map(({ data }) => (data.id > 1 ? drop('no') : undefined))),
  subscribeBulk(itemSold, async ({ entries }) => void entries[0]?.event.data.id.toFixed(), { maxAwait: 10 }),
  // @ts-expect-error a member that the topic does not have
  subscribeBulk(itemSold, ({ entries }) => void entries.map(({ data }) => data.name)),
  // @ts-expect-error one outcome for all
  subscribeBulk(itemSold, () => drop('no')),
  // @ts-expect-error no outcomes
  subscribeBulk(itemSold, ({ entries }) => entries.map(() => 'DROP')),
]

export async function storing() {
  const store = stateStore(dapr, 'items', Item)
  await store.save('1', { id: 1, name: 'x' }, { ifAbsent: true, ttl: 60 })
  // @ts-expect-error a value of another type
  await store.save('1', { id: '1', name: 'x' })
  // @ts-expect-error there may be no value
  ;(await store.get('1')).value
  // @ts-expect-error a value that is deleted needs no time to live
  await store.delete('1', { ttl: 60 })
}

export async function storingMany() {
  const store = stateStore(dapr, 'items', Item)
  const id: number | undefined = (await store.getBulk(['1'])).get('1')?.value.id
  await store.transaction([
    { operation: 'upsert', key: '1', value: { id: 1, name: 'x' }, etag: '1', ttl: 60 },
    { operation: 'delete', key: '2' },
  ])
  // @ts-expect-error a value of another type
  await store.transaction([{ operation: 'upsert', key: '1', value: { id: '1', name: 'x' } }])
  // @ts-expect-error what is deleted has no value
  await store.transaction([{ operation: 'delete', key: '1', value: { id: 1, name: 'x' } }])
  // @ts-expect-error a consistency that is none
  await store.get('1', { consistency: 'weak' })
  return id
}

const expire = job('expire', Type.Object({ order: Type.Integer() }))

export const jobs = [
  onJob(expire, ({ data, key }) => void [data.order.toFixed(), key?.length]),
  onJob(expire, async () => drop('gone')),
  // @ts-expect-error a member that the job does not have
  onJob(expire, ({ data }) => void data.name),
  // @ts-expect-error neither done nor given up
  onJob(expire, () => 5),
]

export async function scheduling() {
  await scheduleJob(dapr, expire, { order: 1 }, { dueTime: '5s' })
  await scheduleJob(dapr, expire, { order: 1 }, { schedule: '@daily', dueTime: new Date(), key: '1' })
  // @ts-expect-error data of another type
  await scheduleJob(dapr, expire, { order: '1' }, { dueTime: '5s' })
  // @ts-expect-error neither a schedule nor a time
  await scheduleJob(dapr, expire, { order: 1 }, { key: '1' })
  // @ts-expect-error no options
  await scheduleJob(dapr, expire, { order: 1 })
  // @ts-expect-error there may be no job
  return (await getJob(dapr, expire)).data.order
}

const payments = binding('payments', { data: body, response: Item })

export const bindings = [
  onBinding(payments, ({ data }) => void data.units.toFixed()),
  onBinding(binding('clock'), () => undefined),
  // @ts-expect-error a member that the data do not have
  onBinding(payments, ({ data }) => void data.name),
  // @ts-expect-error data that nothing is known of
  onBinding(binding('any'), ({ data }) => void data.units),
]

export async function invokingBindings() {
  const name: string = (await invokeBinding(dapr, payments, 'post', { units: 1 })).data.name
  // @ts-expect-error data of another type
  await invokeBinding(dapr, payments, 'post', { units: '1' })
  // @ts-expect-error an answer that nothing is known of
  ;(await invokeBinding(dapr, binding('any'), 'get')).data.name
  return name
}

export async function configuring() {
  const { discount } = await getConfiguration(dapr, 'settings', ['discount'])
  onConfiguration('settings', ({ items }) => void items.discount?.value, {
    keys: ['discount'],
    sidecar: dapr,
  })
  // @ts-expect-error a key that was not asked for
  onConfiguration('settings', ({ items }) => void items.other, { keys: ['discount'], sidecar: dapr })
  // @ts-expect-error keys without a sidecar
  onConfiguration('settings', () => undefined, { keys: ['discount'] })
  // @ts-expect-error there may be no value
  return discount.value
}

export async function locking() {
  await using lock = await tryLock(dapr, 'locks', 'a', { expiry: 5 })
  // @ts-expect-error somebody else may hold it
  lock.owner
  // @ts-expect-error a lock that never ends
  await tryLock(dapr, 'locks', 'a', {})
}
