import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { client, invoke, publish, publishBulk, topic } from '../../packages/elysia-dapr/src/index.ts'
import { type TemporaryFolder, temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import * as contract from '../../services/insights/contract/index.ts'
import { orders } from '../../services/orders/contract/index.ts'
import { payments } from '../../services/payments/contract/index.ts'
import type { Broker } from '../conformance/broker.ts'
import { daprd, eventually, startBroker } from '../conformance/environment.ts'
import { retries } from '../conformance/resiliency.ts'
import { cancelled, confirmed, payment, placed, salesBy, sold } from './events.ts'
import { build, noPython } from './python.ts'
import { type Insights, startInsights } from './service.ts'

setDefaultTimeout(120_000)

const anyOrder = topic('pubsub', 'orders', Type.Unknown())
const letters = topic('pubsub', 'insights.dead-letters', Type.Unknown())

const retryCount = 8

let home: TemporaryFolder
let broker: Broker
let insights: Insights
/** Publishes for the others, and reads as they do. */
let peer: Daprd
let read: ReturnType<typeof client<typeof contract>>

describe.skipIf(noPython !== undefined)(noPython ? `insights (${noPython})` : 'insights', () => {
  beforeAll(async () => {
    const python = await build()
    home = await temporaryFolder()
    broker = await startBroker()
    // Together longer than it takes to notice that the service is down.
    const resources = [broker.component('pubsub'), retries(retryCount, '500ms')]
    insights = await startInsights({ python, home: home.path, resources })
    peer = await daprd({ appId: 'orders', home: home.path, resources })
    read = client(peer, 'insights', contract)
    await warmUp()
  }, 300_000)

  afterAll(async () => {
    await peer?.[Symbol.asyncDispose]()
    await insights?.[Symbol.asyncDispose]()
    await broker?.[Symbol.asyncDispose]()
    await home?.[Symbol.asyncDispose]()
  })

  test('what is sold is read through the sidecars, as the contract has it', async () => {
    const before = await totals()
    const sales = [sold(1), sold(2), sold(3)]
    const gone = sold(4)
    await publishBulk(
      peer,
      orders,
      [...sales, gone].flatMap(order => [confirmed(order), placed(order)].map(ofData)),
    )
    await publish(peer, orders, cancelled(gone))
    for (const order of [...sales, gone]) await publish(peer, payments, payment('captured', order))
    for (const order of [...sales, gone]) await publish(peer, payments, payment('authorised', order))
    await publish(peer, payments, payment('refunded', gone))
    await eventually(async () => {
      const { cancelled, refundedCents, parked, confirmed } = await totals()
      const isDone = cancelled === 1 && refundedCents > 0 && confirmed === 3 + before.confirmed
      return (isDone && parked === 0) || undefined
    })
    expect((await read.getSales({ params: { by: 'countries' } })).data).toEqual(
      salesBy(sales, ({ country }) => country),
    )
    expect((await read.getSales({ params: { by: 'products' } })).data).toEqual(
      salesBy(sales, ({ lines }) => String(lines[0]?.productId)),
    )
    expect((await read.getSales({ params: { by: 'days' } })).data).toEqual(salesBy(sales, () => '2026-01-31'))
  })

  test('what fits no schema becomes a dead letter, and harms no neighbour', async () => {
    const order = sold(10)
    const before = await totals()
    const bad = { ...placed(order), version: 'first' }
    await publishBulk(peer, anyOrder, [
      { data: bad, id: 'bad' },
      { data: placed(order) },
      { data: confirmed(order) },
    ])
    await eventually(async () => (await totals()).confirmed > before.confirmed || undefined)
    const letter = (await deadLetters()).find(({ id }) => id === 'bad')
    expect(letter).toMatchObject({ source: 'orders', topic: 'orders', event: { data: bad } })
    expect(await replay(['bad'])).toMatchObject({ replayed: 0, failed: [{ id: 'bad' }] })
    expect(insights.sidecar.log()).not.toContain('panic:')
  })

  test('what the sidecar gave up while the database was busy is replayed', async () => {
    const order = sold(11)
    const before = await totals()
    {
      using other = new Database(insights.database)
      other.run('BEGIN IMMEDIATE')
      await publish(peer, orders, placed(order), { id: 'given-up' })
      await eventually(() => insights.log().split('request failed').length > retryCount + 1 || undefined)
      other.run('ROLLBACK')
    }
    await eventually(async () => (await deadLetters()).find(({ id }) => id === 'given-up'))
    expect((await deadLetters()).find(({ id }) => id === 'given-up')).toMatchObject({ topic: 'orders' })
    expect(await replay(['given-up'])).toEqual({ replayed: 1, failed: [] })
    expect((await totals()).placed).toBe(before.placed + 1)
  })

  test('others get no further than its contract', async () => {
    for (const path of ['/operations/dead-letters', '/dapr/subscribe']) {
      const answer = await invoke(peer, 'insights', path)
      expect(answer.status).toBe(403)
    }
    expect((await fetch(`${insights.url}/totals`)).status).toBe(401)
  })

  test('SIGKILL in the middle of the load loses and doubles nothing', async () => {
    const before = await totals()
    const sales = Array.from({ length: 200 }, (_, index) => sold(1_000 + index))
    const sent = shuffled(sales.flatMap(order => [placed(order), confirmed(order)]))
    const paid = shuffled(sales.flatMap(order => [payment('authorised', order), payment('captured', order)]))
    const load = (async () => {
      for (let index = 0; index < sent.length; index += 20) {
        await publishBulk(peer, orders, sent.slice(index, index + 20).map(ofData))
        await publishBulk(peer, payments, paid.slice(index, index + 20).map(ofData))
      }
    })()
    for (const share of [0.1, 0.5]) {
      await eventually(
        async () => (await ownTotals()).placed > before.placed + share * sales.length || undefined,
      )
      await insights.kill()
      await insights.start()
    }
    await load
    await eventually(async () => {
      const { confirmed, parked, capturedCents } = await ownTotals()
      const captured = sales.reduce((sum, order) => sum + payment('captured', order).amountCents, 0)
      const isDone = capturedCents === before.capturedCents + captured && parked === 0
      return (isDone && confirmed === before.confirmed + sales.length) || undefined
    })
    expect((await ownTotals()).placed).toBe(before.placed + sales.length)
    expect((await deadLetters()).map(({ id }) => id)).toEqual(['warm', 'bad'])
  })

  test('SIGTERM ends it with 0, and every line that it has logged is JSON', async () => {
    await insights.kill('SIGTERM')
    expect(await insights.ended()).toBe('code 0')
    const lines = insights.log().trim().split('\n')
    const parsed = lines.map(line => JSON.parse(line) as { level: string; time: string; service: string })
    expect(parsed.every(({ level, time, service }) => level && time && service === 'insights')).toBe(true)
  })
})

const ofData = <Data>(data: Data) => ({ data })

/** A new subscriber gets what is published once the broker knows it, and nothing tells when that is. */
async function warmUp(): Promise<void> {
  const first = sold(0)
  await eventually(async () => {
    await publish(peer, orders, placed(first))
    await publish(peer, payments, payment('authorised', first))
    await publish(peer, payments, { ...payment('captured', first), amountCents: 1 })
    await publish(peer, letters, { warm: true }, { id: 'warm' })
    const { placed: count, capturedCents } = await totals()
    return (count === 1 && capturedCents === 1 && (await deadLetters()).length === 1) || undefined
  })
}

async function totals() {
  return (await read.getTotals({})).data
}

/** While the service is down, its sidecar says so in other ways. */
async function ownTotals(): Promise<contract.Totals> {
  const answer = await insights.request('/totals')
  return (await answer.json()) as contract.Totals
}

async function deadLetters(): Promise<{ id: string; topic: string; source: string; event: unknown }[]> {
  const answer = await insights.request('/operations/dead-letters')
  return (await answer.json()) as Awaited<ReturnType<typeof deadLetters>>
}

async function replay(ids: string[]): Promise<unknown> {
  const answer = await insights.request('/operations/dead-letters/replay', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids }),
  })
  return await answer.json()
}

function shuffled<Item>(items: Item[]): Item[] {
  return items
    .map(item => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)
}
