import { describe, expect, test } from 'bun:test'
import { fakeProvider, memoryStore, orderIdOf, vault } from '../test/doubles.ts'
import type { Command } from './payment.ts'
import { createPayments } from './payments.ts'
import { ProviderFault } from './provider.ts'

const orderId = orderIdOf(1)
const request = { orderId, customerId: 'ALFKI', amountCents: 500 }
const key = (step: string) => `${orderId}:${step}`

async function setUp({ token = 'tok_ALFKI' } = {}) {
  const memory = memoryStore()
  const bank = fakeProvider()
  const payments = createPayments({ store: memory.store, provider: bank.provider, vault })
  await payments.keepCard('ALFKI', token)
  return {
    ...memory,
    ...bank,
    payments,
    types: () => memory.events.map(({ type }) => type),
    want: (type: 'capture' | 'void' | 'refund') => memory.store.change(orderId, { type } as Command),
  }
}

test('a payment is held, taken and given back, each asked once', async () => {
  const { payments, want, asked, types } = await setUp()
  expect(await payments.authorise(request)).toMatchObject({ status: 'authorised', chargeId: 'ch_1' })
  expect(await payments.authorise(request)).toMatchObject({ status: 'authorised' })
  await want('capture')
  expect(await payments.settle(orderId)).toMatchObject({ status: 'captured', capturedCents: 500 })
  await want('refund')
  expect(await payments.settle(orderId)).toMatchObject({ status: 'refunded', refundedCents: 500 })
  expect(asked).toEqual(['authorise', 'capture', 'refund'].map(key))
  expect(types()).toEqual(['payment-authorised', 'payment-captured', 'payment-refunded'])
})

test('a card that says no declines, a card that is missing too', async () => {
  const { payments } = await setUp({ token: 'tok_declined' })
  expect(await payments.authorise(request)).toMatchObject({ status: 'declined', reason: 'card-declined' })
  const other = { ...request, orderId: orderIdOf(2), customerId: 'BONAP' }
  expect(await payments.authorise(other)).toMatchObject({ status: 'declined', reason: 'card-missing' })
})

test('a card is kept as the vault has sealed it', async () => {
  const { cards } = await setUp()
  expect([...cards]).toEqual([['ALFKI', await vault.seal('tok_ALFKI')]])
})

test('called off before it is asked for, nothing is asked', async () => {
  const { payments, asked } = await setUp()
  expect(await payments.callOff(orderId)).toMatchObject({ status: 'voided', amountCents: 0 })
  expect(await payments.authorise(request)).toMatchObject({ status: 'voided', amountCents: 0 })
  expect(asked).toEqual([])
})

test('of a payment that there is not there is nothing to do', async () => {
  const { payments } = await setUp()
  expect(await payments.settle(orderId)).toBeUndefined()
})

describe.each(['before', 'after'] as const)('a provider that fails %s its work', when => {
  test('leaves the payment pending; asked again it is held', async () => {
    const { payments, fail, asked, types } = await setUp()
    fail(when)
    expect(await payments.authorise(request).catch(error => error)).toBeInstanceOf(ProviderFault)
    expect(await payments.find(orderId)).toMatchObject({ status: 'pending', version: 0 })
    expect(await payments.authorise(request)).toMatchObject({ status: 'authorised' })
    expect(asked).toEqual([key('authorise'), key('authorise')])
    expect(types()).toEqual(['payment-authorised'])
  })

  test('does not keep it from being called off', async () => {
    const { payments, fail, asked, types } = await setUp()
    fail(when)
    await payments.authorise(request).catch(() => undefined)
    expect(await payments.callOff(orderId)).toMatchObject({ status: 'voided' })
    expect(asked).toEqual(['authorise', 'authorise', 'void'].map(key))
    expect(types()).toEqual(['payment-authorised', 'payment-voided'])
  })

  test('is asked again by whoever settles what is unfinished', async () => {
    const { payments, want, fail } = await setUp()
    await payments.authorise(request)
    await want('capture')
    fail(when)
    await payments.settle(orderId).catch(() => undefined)
    expect(await payments.find(orderId)).toMatchObject({ status: 'authorised', wanted: 'captured' })
    expect(await payments.settle(orderId)).toMatchObject({ status: 'captured', capturedCents: 500 })
  })
})

test('two that settle at once record each answer once', async () => {
  const { payments, types, want } = await setUp()
  await Promise.all([payments.authorise(request), payments.authorise(request)])
  await want('capture')
  await Promise.all([payments.settle(orderId), payments.settle(orderId), payments.settle(orderId)])
  expect(types()).toEqual(['payment-authorised', 'payment-captured'])
})
