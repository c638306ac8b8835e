import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { createBase } from '../../packages/chassis/src/base.ts'
import { createLogger } from '../../packages/chassis/src/logger.ts'
import { Problem } from '../../packages/chassis/src/problem.ts'
import {
  type Client,
  client,
  endpoint,
  isFailure,
  problem,
  route,
  subscribe,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import {
  eventually,
  failureOf,
  obtainDapr,
  obtainTimeout,
  type Sidecars,
  temporarySidecars,
} from './sidecars.ts'

const params = Type.Object({ id: Type.String() })
const Item = Type.Object({ id: Type.String(), caller: Type.String() })

const contract = {
  getItem: endpoint({
    method: 'GET',
    path: '/items/:id',
    params,
    response: Item,
    errors: { 404: problem('item-unknown') },
  }),
  notThere: endpoint({
    method: 'GET',
    path: '/nothing',
    response: Item,
    errors: { 404: problem('item-unknown') },
  }),
  callback: endpoint({ method: 'POST', path: '/events/pubsub/sold', body: Type.Unknown() }),
  subscriptions: endpoint({ method: 'GET', path: '/dapr/subscribe', response: Type.Unknown() }),
}

const received: unknown[] = []
const app = createBase({ log: createLogger('catalog', 'silent'), appToken: '' })
  .use(
    route(contract.getItem, ({ params: { id }, request }) => {
      if (id === 'none') throw new Problem(404, 'item-unknown', 'There is no such item.')
      return { id, caller: request.headers.get('dapr-caller-app-id') ?? '' }
    }),
  )
  .use(subscribe(topic('pubsub', 'sold', Type.Unknown()), ({ data }) => void received.push(data)))

let sidecars: Sidecars
let catalog: Client<typeof contract>
let nobody: Client<typeof contract>

beforeAll(async () => {
  sidecars = await temporarySidecars({ binaries: await obtainDapr('daprd') })
  app.listen({ hostname: '127.0.0.1', port: 0 })
  await sidecars.start('catalog', app)
  const caller = await sidecars.start('gateway')
  catalog = client(caller, 'catalog', contract)
  nobody = client(caller, 'nobody', contract)
  await eventually(() => catalog.getItem({ params: { id: 'ready' } }).catch(() => undefined))
}, obtainTimeout)

afterAll(async () => {
  await sidecars[Symbol.asyncDispose]()
  await app.stop(true)
})

test.each([
  '7',
  'with space',
  'ünïcode',
  'a?b#c&d=e',
  '100%',
  '%2F',
  'a/b',
  '../..',
  '/',
  'a//b',
  '..%2f..',
  "~!*()'",
  '+',
])('%p arrives as it was sent', async id => {
  const { data, status } = await catalog.getItem({ params: { id } })
  expect([status, data]).toEqual([200, { id, caller: 'gateway' }])
})

describe('a failure', () => {
  test('of the contract is told from any other', async () => {
    const error = await failureOf(catalog.getItem({ params: { id: 'none' } }))
    if (!isFailure(error, catalog.getItem, 404)) throw error
    expect(error.body).toMatchObject({ code: 'item-unknown', detail: 'There is no such item.' })
  })

  test('of a path that the service does not have is none of the contract', async () => {
    const error = await failureOf(catalog.notThere({}))
    expect(error).toMatchObject({ status: 404, code: 'not-found' })
    expect(isFailure(error, catalog.notThere, 404)).toBe(false)
  })

  test('of a service that is not there may be tried again', async () => {
    const error = await failureOf(nobody.getItem({ params: { id: '7' } }))
    expect(error).toMatchObject({
      name: 'InvokeError',
      code: 'ERR_DIRECT_INVOKE',
      status: 500,
      retryable: true,
    })
    expect(isFailure(error, nobody.getItem, 404)).toBe(false)
  })
})

test('no callback can be called through the mesh', async () => {
  const event = { id: 'forged', data: 'forged' }
  expect(await failureOf(catalog.callback({ body: event }))).toMatchObject({ status: 403, code: 'forbidden' })
  expect(await failureOf(catalog.subscriptions({}))).toMatchObject({ status: 403, code: 'forbidden' })
  expect(received).toEqual([])
})
