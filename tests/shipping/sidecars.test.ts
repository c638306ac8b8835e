import { afterAll, beforeAll, expect, setDefaultTimeout } from 'bun:test'
import { Code, ConnectError } from '@connectrpc/connect'
import { Status } from '../../services/shipping/contract/gen/shipping_pb.ts'
import { eventually, failureOf } from '../conformance/environment.ts'
import { compileTimeout, goTest, noGo } from './go.ts'
import { type ShippingShop, startShippingShop } from './shop.ts'

setDefaultTimeout(compileTimeout)

let shop: ShippingShop

beforeAll(async () => {
  if (noGo === undefined) shop = await startShippingShop()
})

afterAll(() => shop?.[Symbol.asyncDispose]())

const arrangement = (orderId: string = crypto.randomUUID()) => ({
  orderId,
  customerId: 'VINET',
  country: 'France',
  units: 27,
  priceCents: 3415,
})

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  return Code[ConnectError.from(await failureOf(call)).code]
}

goTest('a quote has the price and the carrier of the zone', async () => {
  expect(await shop.shipping.quote({ country: 'France', units: 27 })).toMatchObject({
    priceCents: 3415,
    carrier: 'United Package',
  })
})

goTest('to arrange twice is to arrange once', async () => {
  const order = arrangement()
  const first = await shop.shipping.arrange(order)
  expect(first).toMatchObject({ orderId: order.orderId, status: Status.ARRANGED, priceCents: 3415 })
  expect(first.trackingNumber).toMatch(/^UP-[A-Z2-7]{12}$/)
  expect(await shop.shipping.arrange(order)).toEqual(first)
  expect(await shop.shipping.get(order)).toEqual(first)
  expect(await codeOf(shop.shipping.arrange({ ...order, units: 1 }))).toBe('AlreadyExists')
})

goTest('what is cancelled stays so, whether it was arranged or not', async () => {
  const order = arrangement()
  const { trackingNumber } = await shop.shipping.arrange(order)
  const cancelled = await shop.shipping.cancel(order)
  expect(cancelled).toMatchObject({ status: Status.CANCELLED, trackingNumber })
  expect(await shop.shipping.cancel(order)).toEqual(cancelled)
  expect(await codeOf(shop.shipping.arrange(order))).toBe('FailedPrecondition')

  const never = arrangement()
  expect(await shop.shipping.cancel(never)).toMatchObject({ status: Status.CANCELLED, trackingNumber: '' })
  expect(await codeOf(shop.shipping.arrange(never))).toBe('FailedPrecondition')
})

goTest('an order that nothing was asked for is not found', async () => {
  expect(await codeOf(shop.shipping.get({ orderId: crypto.randomUUID() }))).toBe('NotFound')
})

goTest('an invalid request is answered with the fields at fault', async () => {
  const failure = ConnectError.from(await failureOf(shop.shipping.arrange({ ...arrangement('7'), units: 0 })))
  expect(Code[failure.code]).toBe('InvalidArgument')
  expect(failure.rawMessage).toBe('order_id must be a UUID in lower case; units must be 1 to 1000000')
})

goTest('of many who arrange and cancel at once, all agree in the end', async () => {
  const orders = Array.from({ length: 10 }, () => arrangement())
  const outcomes = await Promise.all(
    orders.flatMap(order => [
      ...Array.from({ length: 4 }, () => shop.shipping.arrange(order).catch(error => Code[error.code])),
      shop.shipping.cancel(order),
    ]),
  )
  const failed = outcomes.filter(outcome => typeof outcome === 'string')
  expect(new Set(failed).isSubsetOf(new Set(['FailedPrecondition']))).toBe(true)
  const ends = await Promise.all(orders.map(order => shop.shipping.get(order)))
  expect(ends.map(({ status }) => status)).toEqual(orders.map(() => Status.CANCELLED))
})

goTest('it answers nobody but its sidecar', async () => {
  expect(await codeOf(shop.direct().quote({ units: 1 }))).toBe('Unauthenticated')
  expect(await codeOf(shop.direct('guess').quote({ units: 1 }))).toBe('Unauthenticated')
})

goTest('what was arranged is there after it was killed', async () => {
  const order = arrangement()
  const first = await shop.shipping.arrange(order)
  await shop.kill('SIGKILL')
  expect(await codeOf(shop.shipping.get(order))).toBe('Unavailable')
  await shop.restart()
  expect(await shop.shipping.arrange(order)).toEqual(first)
})

goTest('without its sidecar it says that the store is away, and goes on when that is back', async () => {
  const order = arrangement()
  const first = await shop.shipping.arrange(order)
  await shop.killSidecar()
  const direct = shop.direct(shop.appToken)
  expect(await codeOf(direct.get(order))).toBe('Unavailable')
  await shop.restartSidecar()
  expect(await direct.get(order)).toEqual(first)
})

goTest('asked to end, it tells the sidecar, ends what runs, and ends well', async () => {
  const calls = Array.from({ length: 20 }, () => shop.shipping.arrange(arrangement()))
  const ended = shop.kill('SIGTERM')
  const outcomes = await Promise.allSettled(calls)
  expect(await ended).toBe('code 0')
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') expect(outcome.value.status).toBe(Status.ARRANGED)
  }
  await eventually(() => shop.sidecarLog().includes('App entered un-healthy status') || undefined, {
    what: 'the sidecar knows',
    within: 10_000,
  })
  await shop.restart()
})
