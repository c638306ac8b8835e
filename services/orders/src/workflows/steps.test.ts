import { describe, expect, test } from 'bun:test'
import type { Reservation } from '@shop/inventory-contract'
import type { Payment } from '@shop/payments-contract'
import { InvokeError } from 'elysia-dapr'
import { temporaryOrders } from '../../test/databases.ts'
import { at, current, facts, goods, orderIdOf } from '../../test/orders.ts'
import type { CheckoutFact } from '../order.ts'
import type { Shipping } from '../shipping.ts'
import { createStore } from '../store.ts'
import { createSteps, type StepDependencies, type Steps } from './steps.ts'

const id = orderIdOf(1)
const reservation: Reservation = { orderId: id, status: 'reserved', lines: [], version: 1 }
const payment: Payment = {
  orderId: id,
  status: 'authorised',
  amountCents: 6300,
  capturedCents: 0,
  refundedCents: 0,
  version: 1,
}

interface Doubles {
  reserve?: StepDependencies['inventory']['reserve']
  authorise?: StepDependencies['payments']['authorise']
  arrange?: Shipping['arrange']
}

/** A placed order, and steps that note what they ask of others. */
async function open(doubles: Doubles = {}) {
  const opened = await temporaryOrders()
  const store = createStore({ journal: opened.journal, current, now: () => new Date(at) })
  await store.place(id, goods, { idempotencyKey: 'k1', digest: 'd1' })
  const asked: unknown[][] = []
  const noted = <Input extends unknown[], Output>(name: string, answer: (...input: Input) => Output) => {
    return (...input: Input) => {
      asked.push([name, ...input])
      return answer(...input)
    }
  }
  const steps = createSteps({
    store,
    inventory: {
      reserve: noted('reserve', doubles.reserve ?? (async () => reservation)),
      release: noted('release', async () => {}),
    },
    payments: {
      authorise: noted('authorise', doubles.authorise ?? (async () => payment)),
      void: noted('void', async () => {}),
    },
    shipping: {
      quote: async () => 0,
      arrange: noted('arrange', doubles.arrange ?? (async () => ({ trackingNumber: 'SP1' }))),
      cancel: noted('cancel', async () => {}),
    },
  })
  const types = async () => (await store.history(id)).map(({ type }) => type)
  const note = async (...events: CheckoutFact[]) => {
    for (const event of events) await store.execute(id, { command: 'note', event })
  }
  return { ...opened, store, steps, asked, types, note, [Symbol.asyncDispose]: opened[Symbol.asyncDispose] }
}

const context = { instanceId: id, taskId: 1, idempotencyKey: 'key', signal: new AbortController().signal }
type Forward = 'reserveStock' | 'authorisePayment' | 'arrangeShipping' | 'confirmOrder'
const run = (steps: Steps, step: Forward) => steps[step].run(id, context)
const giveUp = (steps: Steps, reason: string) => steps.giveUpCheckout.run({ orderId: id, reason }, context)
const reject = (steps: Steps, reason: string) => steps.rejectOrder.run({ orderId: id, reason }, context)

const forward: [Forward, asked: unknown[], CheckoutFact][] = [
  [
    'reserveStock',
    [
      'reserve',
      { orderId: id, lines: goods.lines.map(({ productId, quantity }) => ({ productId, quantity })) },
    ],
    { type: 'stock-reserved' },
  ],
  [
    'authorisePayment',
    ['authorise', { orderId: id, customerId: 'ALFKI', amountCents: 6300 }],
    { type: 'payment-authorised' },
  ],
  [
    'arrangeShipping',
    ['arrange', { orderId: id, ...goods }],
    { type: 'shipping-arranged', trackingNumber: 'SP1' },
  ],
]

describe('a step', () => {
  test.each(forward)(
    '%s asks and notes what came of it, once, however often it runs',
    async (step, asks, fact) => {
      await using opened = await open()
      expect(await run(opened.steps, step)).toBeNull()
      expect(await run(opened.steps, step)).toBeNull()
      expect(opened.asked).toEqual([asks])
      expect(await opened.types()).toEqual(['order-placed', fact.type])
    },
  )

  test.each(forward)('%s twice at the same time is noted once', async (step, _, fact) => {
    await using opened = await open()
    expect(await Promise.all([run(opened.steps, step), run(opened.steps, step)])).toEqual([null, null])
    expect(await opened.types()).toEqual(['order-placed', fact.type])
  })

  test.each(forward)('%s asks nothing of an order that is given up, or settled', async step => {
    await using opened = await open()
    await giveUp(opened.steps, 'x')
    expect(await run(opened.steps, step)).toBeNull()
    await reject(opened.steps, 'x')
    expect(await run(opened.steps, step)).toBeNull()
    expect(opened.asked).toEqual([])
  })

  test('that cannot ask fails, and notes nothing', async () => {
    const fail = async () => {
      throw new Error('away')
    }
    await using opened = await open({ reserve: fail, authorise: fail, arrange: fail })
    for (const [step] of forward) await expect(run(opened.steps, step)).rejects.toThrow('away')
    expect(await opened.types()).toEqual(['order-placed'])
  })

  test('whose success says nothing fails so that it is tried again; a failure that is sure stays one', async () => {
    const failing = (status: number, code: string) => async () => {
      throw new InvokeError('inventory', 'POST /reservations', { status, code, retryable: false })
    }
    await using empty = await open({ reserve: failing(200, 'BAD_ANSWER') })
    const unclear = await Promise.resolve(run(empty.steps, 'reserveStock')).catch(error => error)
    expect(unclear).not.toHaveProperty('retryable')
    await using refused = await open({ reserve: failing(422, 'invalid-body') })
    await expect(run(refused.steps, 'reserveStock')).rejects.toMatchObject({ retryable: false })
  })
})

describe('a refusal is an answer, and noted by nobody:', () => {
  test.each<[string, Forward, Doubles, string]>([
    [
      'too few units',
      'reserveStock',
      { reserve: async () => ({ ...reservation, status: 'rejected', reason: 'insufficient-stock' }) },
      'insufficient-stock',
    ],
    [
      'units that were given back',
      'reserveStock',
      { reserve: async () => ({ ...reservation, status: 'released' }) },
      'reservation-released',
    ],
    [
      'a declined card',
      'authorisePayment',
      { authorise: async () => ({ ...payment, status: 'declined', reason: 'card-declined' }) },
      'card-declined',
    ],
    [
      'a declined payment without a reason',
      'authorisePayment',
      { authorise: async () => ({ ...payment, status: 'declined' }) },
      'payment-declined',
    ],
    [
      'a payment that was called off',
      'authorisePayment',
      { authorise: async () => ({ ...payment, status: 'voided' }) },
      'payment-voided',
    ],
    [
      'a shipment that cannot be',
      'arrangeShipping',
      { arrange: async () => ({ refusal: 'shipping-refused' }) },
      'shipping-refused',
    ],
  ])('%s', async (_, step, doubles, reason) => {
    await using opened = await open(doubles)
    expect(await run(opened.steps, step)).toBe(reason)
    expect(await opened.types()).toEqual(['order-placed'])
  })

  test('a payment that the provider has not answered is none: it may still come', async () => {
    await using opened = await open({
      authorise: async () => ({ ...payment, status: 'pending', version: 0 }),
    })
    await expect(run(opened.steps, 'authorisePayment')).rejects.toThrow('has not answered yet')
  })
})

describe('the confirmation', () => {
  test('is one event, however often it runs', async () => {
    await using opened = await open()
    await opened.note(...facts)
    expect(await run(opened.steps, 'confirmOrder')).toBeNull()
    expect(await run(opened.steps, 'confirmOrder')).toBeNull()
    expect((await opened.types()).at(-1)).toBe('order-confirmed')
    expect(await opened.types()).toHaveLength(5)
  })

  test('is refused when the reservation has expired meanwhile', async () => {
    await using opened = await open()
    await opened.note(...facts, { type: 'stock-expired' })
    expect(await run(opened.steps, 'confirmOrder')).toBe('reservation-expired')
  })

  test('is refused for the first reason once the checkout was given up', async () => {
    await using opened = await open()
    await opened.note(...facts)
    await giveUp(opened.steps, 'the first')
    await giveUp(opened.steps, 'the second')
    expect(await run(opened.steps, 'confirmOrder')).toBe('the first')
  })
})

test('the rejection is one event, and leaves a settled order as it is', async () => {
  await using opened = await open()
  await reject(opened.steps, 'payment-declined')
  await reject(opened.steps, 'payment-declined')
  expect(await opened.types()).toEqual(['order-placed', 'order-rejected'])
  await using other = await open()
  await other.note(...facts)
  await run(other.steps, 'confirmOrder')
  await reject(other.steps, 'x')
  expect((await other.types()).at(-1)).toBe('order-confirmed')
})

test('what is undone is named by the order, and whether a shipment is known to be there', async () => {
  await using opened = await open()
  const { steps, asked } = opened
  await steps.releaseStock.run(id, context)
  await steps.voidPayment.run(id, context)
  await steps.cancelShipping.run(id, context)
  await opened.note({ type: 'shipping-arranged', trackingNumber: 'SP1' })
  await steps.cancelShipping.run(id, context)
  expect(asked).toEqual([
    ['release', id],
    ['void', id],
    ['cancel', id, { isKnownThere: false }],
    ['cancel', id, { isKnownThere: true }],
  ])
})
