import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { kill } from '../checkouts.ts'
import { type Shop, startShop } from '../shop.ts'
import { holdAtEachStep, untilConfirmed, untilEvents, untilShipped } from './hold.ts'
import { type Kind, type Ledger, openLedger } from './ledger.ts'

setDefaultTimeout(180_000)

const mixture: Kind[] = ['ordinary', 'ordinary', 'declined', 'ordinary', 'too many']

let shop: Shop
let ledger: Ledger

beforeAll(async () => {
  shop = await startShop()
  ledger = await openLedger(shop)
})

afterAll(async () => await shop?.[Symbol.asyncDispose]())

describe.each([
  'orders',
  'orders.sidecar',
  'inventory',
  'inventory.sidecar',
  'payments',
  'payments.sidecar',
  'shipping',
  'shipping.sidecar',
  'broker',
])('kill -9 of %s', part => {
  test('while orders are held at each step of their checkout', async () => {
    const goOn = await holdAtEachStep(shop, ledger)
    await kill(shop, part)
    await goOn()
    expect(await ledger.settle()).toEqual([])
  })

  test('when shipping is arranged, before the order is confirmed', async () => {
    await untilShipped(shop, ledger)
    await kill(shop, part)
    expect(await ledger.settle()).toEqual([])
  })

  test('when an order is confirmed, before its money is taken and its units have left', async () => {
    await untilConfirmed(shop, ledger)
    await kill(shop, part)
    expect(await ledger.settle()).toEqual([])
  })

  test('in the midst of many checkouts', async () => {
    const kinds = Array.from({ length: 15 }, (_, index) => mixture[index % mixture.length] ?? 'ordinary')
    const ids = await ledger.place(...kinds)
    const wanted = Math.ceil(ids.length * (1 + 3 * Math.random()))
    await untilEvents(shop, ids, wanted)
    await kill(shop, part)
    expect(await ledger.settle(), `killed after ${wanted} events`).toEqual([])
  })
})

test('the books of all orders balance, and nothing is left anywhere', async () => {
  expect(await ledger.check()).toEqual([])
})
