import { describe, expect, test } from 'bun:test'
import { handle } from './handle.ts'
import { nextStep } from './next-step.ts'
import { type Charge, type Command, type Payment, PaymentRefused } from './payment.ts'

const orderId = '00000000-0000-7000-8000-000000000001'
const at = '2026-01-02T03:04:05.000Z'
const ask: Command = { type: 'authorise', customerId: 'ALFKI', amountCents: 500 }
const charge: Charge = { id: 'ch_1', status: 'authorised', capturedCents: 0, refundedCents: 0 }
const held: Command = { type: 'record', step: 'authorise', charge }
const declined: Command = {
  type: 'record',
  step: 'authorise',
  charge: { ...charge, status: 'declined', reason: 'card-declined' },
}
const taken: Command = { type: 'record', step: 'capture', charge: { ...charge, capturedCents: 500 } }
const released: Command = { type: 'record', step: 'void', charge: { ...charge, status: 'voided' } }
const returned: Command = {
  type: 'record',
  step: 'refund',
  charge: { ...charge, capturedCents: 500, refundedCents: 500 },
}
const [capture, callOff, refund]: Command[] = [{ type: 'capture' }, { type: 'void' }, { type: 'refund' }]

function after(...commands: (Command | undefined)[]) {
  let payment: Payment | undefined
  const events: unknown[] = []
  for (const command of commands) {
    if (!command) throw new Error('no command')
    const handled = handle(payment, orderId, command, at)
    payment = handled.payment
    events.push(...handled.events.map(({ type, amountCents }) => [type, amountCents]))
  }
  return { payment, events, step: payment && nextStep(payment) }
}

const key = (type: string) => `${orderId}:${type}`
const askStep = { type: 'authorise', key: key('authorise'), reference: orderId, amountCents: 500 }
const captureStep = { type: 'capture', key: key('capture'), chargeId: 'ch_1', amountCents: 500 }
const voidStep = { type: 'void', key: key('void'), chargeId: 'ch_1' }
const refundStep = { type: 'refund', key: key('refund'), chargeId: 'ch_1', amountCents: 500 }

const authorisedEvent = ['payment-authorised', 500]
const capturedEvent = ['payment-captured', 500]

test.each([
  ['is asked for', [ask], 'pending', askStep, []],
  ['is held', [ask, held], 'authorised', undefined, [authorisedEvent]],
  ['is declined', [ask, declined], 'declined', undefined, [['payment-declined', 500]]],
  [
    'has no card',
    [ask, { type: 'decline', reason: 'card-missing' } as const],
    'declined',
    undefined,
    [['payment-declined', 500]],
  ],
  ['is to be taken', [ask, held, capture], 'authorised', captureStep, [authorisedEvent]],
  ['is taken', [ask, held, capture, taken], 'captured', undefined, [authorisedEvent, capturedEvent]],
  [
    'is to be given back',
    [ask, held, capture, taken, refund],
    'captured',
    refundStep,
    [authorisedEvent, capturedEvent],
  ],
  [
    'is given back',
    [ask, held, capture, taken, refund, returned],
    'refunded',
    undefined,
    [authorisedEvent, capturedEvent, ['payment-refunded', 500]],
  ],
  ['is to be let go', [ask, held, callOff], 'authorised', voidStep, [authorisedEvent]],
  [
    'is let go',
    [ask, held, callOff, released],
    'voided',
    undefined,
    [authorisedEvent, ['payment-voided', 500]],
  ],
])('one that %s', (_, commands, status, step, events) => {
  const now = after(...commands)
  expect(now.payment).toMatchObject({ orderId, customerId: 'ALFKI', status, version: events.length } as never)
  expect(now.step).toEqual(step as never)
  expect(now.events).toEqual(events)
})

describe('what was begun is finished', () => {
  test('called off before the provider has answered: asked again, then let go', () => {
    expect(after(ask, callOff).step).toEqual(askStep as never)
    expect(after(ask, callOff, held).step).toEqual(voidStep as never)
    expect(after(ask, callOff, declined)).toMatchObject({ payment: { status: 'declined' }, step: undefined })
  })

  test('confirmed before the answer: held, then taken', () => {
    expect(after(ask, capture).step).toEqual(askStep as never)
    expect(after(ask, capture, held).step).toEqual(captureStep as never)
  })

  test('cancelled before it is taken: taken, then given back, since it may be taken already', () => {
    expect(after(ask, held, capture, refund).step).toEqual(captureStep as never)
    expect(after(ask, held, capture, refund, taken).step).toEqual(refundStep as never)
  })

  test('cancelled and never to be taken: let go', () => {
    expect(after(ask, held, refund).step).toEqual(voidStep as never)
  })
})

test('one that is called off before it is asked for holds nothing, and never will', () => {
  const { payment, events, step } = after(callOff, ask, callOff, capture, refund)
  expect(payment).toEqual({
    orderId,
    status: 'voided',
    wanted: 'voided',
    amountCents: 0,
    capturedCents: 0,
    refundedCents: 0,
    version: 1,
  })
  expect(events).toEqual([['payment-voided', 0]])
  expect(step).toBeUndefined()
})

test.each([
  [[capture], 'confirmed'],
  [[refund], 'cancelled'],
  [[held], 'answered'],
])('of a payment that there is not nothing is made: %#', commands => {
  expect(after(...commands)).toEqual({ payment: undefined, events: [], step: undefined })
})

test.each([
  ['another amount', [ask, { ...ask, amountCents: 501 }], 'payment-differs'],
  ['another customer', [ask, { ...ask, customerId: 'BONAP' }], 'payment-differs'],
  ['to let go of what is to be taken', [ask, held, capture, callOff], 'payment-captured'],
  ['to let go of what is taken', [ask, held, capture, taken, callOff], 'payment-captured'],
  [
    'to let go of what is given back',
    [ask, held, capture, taken, refund, returned, callOff],
    'payment-captured',
  ],
] as const)('refused is %s', (_, commands, code) => {
  let refusal: unknown
  try {
    after(...(commands as never as Command[]))
  } catch (error) {
    refusal = error
  }
  expect(refusal).toBeInstanceOf(PaymentRefused)
  expect(refusal).toMatchObject({ code })
})

test('events tell version, the one before, and when', () => {
  const before = after(ask, held, capture).payment
  expect(handle(before, orderId, taken, at).events).toEqual([
    { type: 'payment-captured', orderId, version: 2, previous: 1, at, amountCents: 500 },
  ])
})
