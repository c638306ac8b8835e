// Checked by tsc alone: every line below an expectation must not compile.
import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { invoke } from './eden.ts'
import { dapr, endpoint, problem, route, sidecar, subscribe, topic } from './index.ts'

const app = new Elysia()
  .get('/orders/:id', ({ params: { id }, status }) =>
    id === '' ? status(404, { code: 'order-unknown' as const }) : { id, units: 1 },
  )
  .post('/orders', ({ body }) => body, { body: t.Object({ units: t.Integer() }) })

const orders = invoke<typeof app>(sidecar(), 'orders', { timeout: 2_000, config: { throwHttpError: true } })

export async function calling() {
  const { data, error } = await orders.orders({ id: 'a/b' }).get()
  if (error?.status === 404) {
    const code: 'order-unknown' = error.value.code
    return code
  }
  // @ts-expect-error a member that the answer does not have
  data?.name
  // @ts-expect-error a path that the app does not have
  await orders.products.get()
  // @ts-expect-error a method that the path does not have
  await orders.orders({ id: '7' }).put()
  // @ts-expect-error no parameter
  await orders.orders({}).get()
  // @ts-expect-error a body of another type
  await orders.orders.post({ units: '2' })
  // @ts-expect-error no body
  await orders.orders.post()
  return data?.units
}

// @ts-expect-error the fetcher is the sidecar
invoke<typeof app>(sidecar(), 'orders', { config: { fetcher: fetch } })
// @ts-expect-error no app
invoke<{ orders: string }>(sidecar(), 'orders')

const Item = Type.Object({ id: Type.Integer(), name: Type.String() })
const contract = {
  getItem: endpoint({
    method: 'GET',
    path: '/items/:id',
    params: Type.Object({ id: Type.Integer() }),
    query: Type.Object({ tag: Type.Optional(Type.Array(Type.String())) }),
    response: Item,
    errors: { 404: problem('item-unknown') },
  }),
  addItem: endpoint({
    method: 'POST',
    path: '/items',
    headers: Type.Object({ 'idempotency-key': Type.String() }),
    body: Item,
    response: Item,
    status: 201,
  }),
  deleteItem: endpoint({ method: 'DELETE', path: '/items/:id', params: Type.Object({ id: Type.Integer() }) }),
}
const routed = new Elysia()
  .decorate('store', new Map<number, string>())
  .use(dapr())
  .use(subscribe(topic('pubsub', 'sold', Type.Integer()), () => undefined))
  .use(route(contract.getItem, ({ params }) => ({ id: params.id, name: 'x' })))
  .use(new Elysia({ prefix: '/v2' }).use(route(contract.addItem, ({ body }) => body)))
  .use(route(contract.deleteItem, () => undefined))
  .get('/names', ({ store }) => [...store.values()])
const items = invoke<typeof routed>(sidecar(), 'items')

export async function callingRoutes() {
  const { data, error } = await items.items({ id: 7 }).get({ query: { tag: ['a', 'b'] } })
  if (error) {
    const status: 404 = error.status
    const code: 'item-unknown' = error.value.code
    return [status, code]
  }
  const id: number = data.id
  const headers = { 'idempotency-key': '1' }
  const added = await items.v2.items.post({ id: 1, name: 'x' }, { headers })
  const name: string | undefined = added.data?.name
  const nothing: '' | null = (await items.items({ id: 7 }).delete()).data
  const names: string[] | null = (await items.names.get()).data
  // @ts-expect-error a member that the answer does not have
  data.price
  // @ts-expect-error a list of another type
  await items.items({ id: 7 }).get({ query: { tag: [1] } })
  // @ts-expect-error a path without its prefix
  await items.items.post({ id: 1, name: 'x' }, { headers })
  // @ts-expect-error a body of another type
  await items.v2.items.post({ id: '1', name: 'x' }, { headers })
  // @ts-expect-error no headers
  await items.v2.items.post({ id: 1, name: 'x' })
  // @ts-expect-error a method that the path does not have
  await items.items({ id: 7 }).put()
  return [id, name, nothing, names]
}
