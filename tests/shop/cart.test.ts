import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createLogger } from '../../packages/chassis/src/logger.ts'
import { createApp } from '../../services/cart/src/app.ts'
import { createStore } from '../../services/cart/src/store.ts'
import { daprd, temporaryFolder } from '../conformance/environment.ts'

setDefaultTimeout(60_000)

const root = resolve(import.meta.dir, '../..')
const cleanup = new AsyncDisposableStack()
let app: ReturnType<typeof createApp>

// The service in this process, on the component that the shop has for it.
beforeAll(async () => {
  const { path: home } = cleanup.use(await temporaryFolder())
  await mkdir(join(home, '.local/data'), { recursive: true })
  await Bun.write(join(home, '.local/run/secrets.json'), '{}', { mode: 0o600 })
  const sidecar = cleanup.use(
    await daprd({
      appId: 'cart',
      home,
      configuration: join(root, 'dapr/configuration/insecure.yaml'),
      resources: [join(root, 'components/embedded'), join(root, 'dapr/resiliency')],
    }),
  )
  app = createApp({ log: createLogger('cart', 'silent'), store: createStore(sidecar), appToken: '' })
})

afterAll(() => cleanup.disposeAsync())

async function send(
  method: string,
  customerId: string,
  condition: Record<string, string> = {},
  items?: object[],
) {
  const headers = { ...(items && { 'content-type': 'application/json' }), ...condition }
  const body = items && { body: JSON.stringify({ items }) }
  const answer = await app.handle(
    new Request(`http://localhost/carts/${customerId}`, { method, headers, ...body }),
  )
  const text = await answer.text()
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: text && JSON.parse(text) }
}

const tea = { productId: 1, quantity: 2 }
const syrup = { productId: 3, quantity: 1 }
const ifNew = { 'if-none-match': '*' }

test('a cart is made, changed and removed', async () => {
  expect(await send('GET', 'A')).toMatchObject({ status: 404, body: { code: 'cart-unknown' } })
  const made = await send('PUT', 'A', ifNew, [tea])
  expect([made.status, made.body]).toEqual([200, { customerId: 'A', items: [tea] }])
  expect(made.etag).toMatch(/^".+"$/)
  expect(await send('GET', 'A')).toEqual(made)

  const changed = await send('PUT', 'A', { 'if-match': made.etag }, [tea, syrup])
  expect(changed.status).toBe(200)
  expect(changed.etag).not.toBe(made.etag)
  expect(await send('GET', 'A')).toEqual(changed)

  expect((await send('DELETE', 'A')).status).toBe(204)
  expect((await send('GET', 'A')).status).toBe(404)
})

test('of two edits at once one gets a 409, and none is lost', async () => {
  const { etag } = await send('PUT', 'B', ifNew, [])
  const edits = await Promise.all(
    [[tea], [syrup]].map(items => send('PUT', 'B', { 'if-match': etag }, items)),
  )
  expect(edits.map(({ status }) => status).sort()).toEqual([200, 409])
  const refused = edits.find(({ status }) => status === 409)
  expect(refused?.body).toMatchObject({
    code: 'cart-changed',
    type: 'urn:shop:problem:cart-changed',
    status: 409,
  })

  const winner = edits.find(({ status }) => status === 200)
  const now = await send('GET', 'B')
  expect(now.body).toEqual(winner?.body)
  const both = [tea, syrup]
  expect((await send('PUT', 'B', { 'if-match': now.etag }, both)).body).toMatchObject({ items: both })
})

test('a new cart does not replace one that is there', async () => {
  await send('PUT', 'C', ifNew, [tea])
  expect((await send('PUT', 'C', ifNew, [syrup])).body).toMatchObject({ code: 'cart-changed' })
  expect((await send('GET', 'C')).body).toMatchObject({ items: [tea] })
})

test.each([
  ['no condition', {}, 428, 'precondition-required'],
  ['an empty etag', { 'if-match': '""' }, 422, 'invalid-request'],
  ['an etag that never was', { 'if-match': '"x"' }, 409, 'cart-changed'],
  ['another if-none-match', { 'if-none-match': '"x"' }, 422, 'invalid-request'],
])('%s changes nothing', async (name, condition: Record<string, string>, status, code) => {
  const customer = name.replaceAll(' ', '-')
  await send('PUT', customer, ifNew, [tea])
  expect(await send('PUT', customer, condition, [syrup])).toMatchObject({ status, body: { code } })
  expect((await send('GET', customer)).body).toMatchObject({ items: [tea] })
})
