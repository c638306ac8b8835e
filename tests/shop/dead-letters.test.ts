import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fulfilment } from './broken-fulfilment.ts'
import { lettersOf } from './letters.ts'
import { publishAs } from './publish-as.ts'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(180_000)

let shop: Shop

beforeAll(async () => {
  shop = await startShop()
})

afterAll(async () => await shop[Symbol.asyncDispose]())

function inventoryLog(message: string): Record<string, unknown>[] {
  const lines = readFileSync(join(shop.home, '.local/logs/inventory.log'), 'utf8').split('\n')
  return lines.filter(line => line.includes(`"msg":"${message}"`)).map(line => JSON.parse(line))
}

async function placeOrder(key: string): Promise<string> {
  const response = await fetch(`${shop.gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
  expect(response.status).toBe(202)
  const { id } = (await response.json()) as { id: string }
  return id
}

async function statusOf(what: 'orders' | 'reservations', order: string): Promise<string> {
  const response = await fetch(`${shop.gateway}/${what}/${order}`)
  const { status } = (await response.json()) as { status: string }
  return status
}

const consumers = ['insights', 'inventory', 'payments']

test('an event that does not fit its schema goes to the dead letters at once, and stays one when it is replayed', async () => {
  await publishAs(shop, 'orders', 'orders', { id: 'poison', data: { orderId: 5 } })
  const letters = async () => (await shop.kept()).deadLetters.filter(({ id }) => id === 'poison')
  await until('each consumer has kept it', async () => (await letters()).length === consumers.length)
  expect((await letters()).map(({ service }) => service).sort()).toEqual(consumers)
  expect(inventoryLog('event dropped')).toHaveLength(1)

  const listed = await shop.command('deadletters')
  expect(listed.output).toMatch(/^inventory +poison +orders/m)
  const shown = await shop.command('deadletters', 'show', 'poison')
  expect(shown).toMatchObject({ code: 0, output: expect.stringContaining('"orderId": 5') })

  const replayed = await shop.command('deadletters', 'replay', '--id', 'poison')
  expect(replayed.code).toBe(1)
  for (const service of consumers) {
    expect(replayed.output).toMatch(new RegExp(`^${service}: poison stays a dead letter: .+`, 'm'))
  }
  expect(await letters()).toHaveLength(consumers.length)
  const unknown = await shop.command('deadletters', 'replay', '--id', 'nothing')
  expect(unknown).toMatchObject({
    code: 1,
    output: expect.stringContaining('There is no dead letter nothing'),
  })
})

test('an event whose handler throws is retried, then kept, never taken for handled, and handled when it is replayed', async () => {
  await fulfilment(shop).break()
  const order = await placeOrder('throws')
  await until('its event is given up', async () => (await lettersOf(shop, order)).length > 0, 60_000)
  await fulfilment(shop).repair()
  const [letter] = await lettersOf(shop, order)
  expect(letter).toMatchObject({
    service: 'inventory',
    topic: 'orders',
    event: { data: { type: 'order-confirmed' } },
  })

  // the first delivery and the policy's seven retries
  expect(inventoryLog('request failed')).toHaveLength(8)
  expect(await statusOf('orders', order)).toBe('confirmed')
  expect(await statusOf('reservations', order)).toBe('reserved')

  const next = await placeOrder('after-the-fault')
  await until(
    'the next order is fulfilled',
    async () => (await statusOf('reservations', next)) === 'fulfilled',
  )

  const replayed = await shop.command('deadletters', 'replay', 'inventory', '--id', letter?.id ?? '')
  expect(replayed).toEqual({ code: 0, output: 'inventory: 1 replayed\n' })
  expect(await statusOf('reservations', order)).toBe('fulfilled')
  expect(await lettersOf(shop, order)).toEqual([])
})

test('an event whose handler throws for a while is handled in the end', async () => {
  await fulfilment(shop).break()
  const failures = inventoryLog('request failed').length
  const order = await placeOrder('recovers')
  await until('two deliveries have failed', () => inventoryLog('request failed').length >= failures + 2)
  await fulfilment(shop).repair()

  await until('the order is fulfilled', async () => (await statusOf('reservations', order)) === 'fulfilled')
  expect(await lettersOf(shop, order)).toEqual([])
})

test('an event whose predecessor never comes waits, is listed, and is handled without it when it is released', async () => {
  const orderId = crypto.randomUUID()
  const at = new Date().toISOString()
  const rejected = { type: 'order-rejected', orderId, version: 6, previous: 5, at, reason: 'lost-and-found' }
  await publishAs(shop, 'orders', 'orders', { id: `gap-${orderId}`, data: rejected })
  const waiting = async () => (await shop.kept()).parked.filter(({ key }) => key === orderId)
  await until('each consumer has parked it', async () => (await waiting()).length === consumers.length)
  expect((await waiting()).find(({ service }) => service === 'inventory')).toMatchObject({
    ...{ topic: 'orders', key: orderId, version: 6, previous: 5 },
  })
  const listed = await shop.command('deadletters')
  expect(listed.output).toMatch(new RegExp(`^inventory +orders +${orderId} +6 +5 `, 'm'))
  expect((await fetch(`${shop.gateway}/reservations/${orderId}`)).status).toBe(404)

  for (const service of consumers) {
    const released = await shop.command('deadletters', 'release', service, 'orders', orderId)
    expect(released).toEqual({ code: 0, output: `${service}: 1 handled without what was missing\n` })
  }
  expect(await statusOf('reservations', orderId)).toBe('released')
  expect(await waiting()).toEqual([])
  const again = await shop.command('deadletters', 'release', 'inventory', 'orders', orderId)
  expect(again).toMatchObject({
    code: 1,
    output: expect.stringContaining(`No event of orders ${orderId} waits`),
  })
})

test('a read model that is built anew while orders are placed answers as before', async () => {
  const before = await settledOrders()
  expect(before.length).toBeGreaterThan(2)

  let isRebuilding = true
  const placed: string[] = []
  const load = Promise.all(
    [1, 2, 3].map(async customer => {
      for (let number = 0; isRebuilding; number++) placed.push(await placeOrder(`load-${customer}-${number}`))
    }),
  )
  await until('orders are being placed', () => placed.length >= 10)
  const rebuilt = await shop.command('projection', 'rebuild', 'orders')
  isRebuilding = false
  await load
  expect(rebuilt).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^orders: orders is built anew, from \d+ events\n$/),
  })

  const after = await settledOrders()
  expect(after.filter(({ id }) => before.some(order => order.id === id))).toEqual(before)
  expect(new Set(after.map(({ id }) => id))).toEqual(new Set([...before.map(({ id }) => id), ...placed]))
  const again = await shop.command('projection', 'rebuild', 'nothing')
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('orders') })
})

/** All orders as the read model lists them, once each has ended. */
async function settledOrders(): Promise<{ id: string; status: string }[]> {
  let orders: { id: string; status: string }[] = []
  await until(
    'all orders have ended',
    async () => {
      orders = []
      for (let page = await pageOf(); page.length > 0; page = await pageOf(orders.at(-1)?.id))
        orders.push(...page)
      return orders.every(({ status }) => status !== 'placed')
    },
    90_000,
  )
  return orders
}

async function pageOf(before?: string): Promise<{ id: string; status: string }[]> {
  const from = before === undefined ? '' : `&before=${before}`
  const answer = await fetch(`${shop.gateway}/orders?customerId=ALFKI&limit=100${from}`)
  return (await answer.json()) as { id: string; status: string }[]
}
