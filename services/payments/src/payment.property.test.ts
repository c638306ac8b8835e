import { expect, test } from 'bun:test'
import { PaymentEvent, type Payment as PublicPayment } from '@shop/payments-contract'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { handle } from './handle.ts'
import { nextStep, type Step } from './next-step.ts'
import { type Charge, type Command, type Payment, PaymentRefused } from './payment.ts'

const orderId = '00000000-0000-7000-8000-000000000001'
const at = '2026-01-02T03:04:05.000Z'

/** A provider that does each step once and may lose its answer. */
function provider(accepts: boolean) {
  const answers = new Map<string, Charge>()
  let charge: Charge = { id: 'ch_1', status: 'authorised', capturedCents: 0, refundedCents: 0 }
  return {
    charge: () => (answers.size > 0 ? charge : undefined),
    ask(step: Step): Charge {
      const first = answers.get(step.key)
      if (first) return first
      charge = { ...charge, ...effectOf(step, charge, accepts) }
      answers.set(step.key, charge)
      return charge
    },
  }
}

function effectOf(step: Step, { status, capturedCents }: Charge, accepts: boolean): Partial<Charge> {
  switch (step.type) {
    case 'authorise':
      return accepts ? {} : { status: 'declined', reason: 'card-declined' }
    case 'capture':
      expect(status).toBe('authorised')
      return { capturedCents: step.amountCents }
    case 'void':
      expect(capturedCents).toBe(0)
      return { status: 'voided' }
    case 'refund':
      expect(step.amountCents).toBe(capturedCents)
      return { refundedCents: step.amountCents }
  }
}

/** `lose` and `settle` do the next step; of the first the answer never comes. */
type Action = Command['type'] | 'lose' | 'settle'
const action = fc.constantFrom<Action>('authorise', 'capture', 'void', 'refund', 'lose', 'settle', 'settle')

function run(actions: readonly Action[], accepts: boolean, times = 1) {
  const bank = provider(accepts)
  const events: PaymentEvent[] = []
  let payment: Payment | undefined

  function apply(command: Command) {
    for (let time = 0; time < times; time += 1) {
      try {
        const handled = handle(payment, orderId, command, at)
        expect(handled.changed).toBe(!Bun.deepEquals(handled.payment, payment))
        events.push(...handled.events)
        payment = handled.payment
      } catch (error) {
        if (!(error instanceof PaymentRefused)) throw error
      }
    }
  }

  function settle(): boolean {
    const step = payment && nextStep(payment)
    if (step) apply({ type: 'record', step: step.type, charge: bank.ask(step) })
    return step !== undefined
  }

  for (const next of actions) {
    if (next === 'settle') settle()
    else if (next === 'lose') void (payment && nextStep(payment) && bank.ask(nextStep(payment) as Step))
    else apply({ type: next, customerId: 'ALFKI', amountCents: 500 } as Command)
  }
  let steps = 0
  while (settle()) steps += 1
  return { payment, events, steps, charge: bank.charge() }
}

const runs = fc.record({ actions: fc.array(action, { maxLength: 12 }), accepts: fc.boolean() })

test('whatever comes, in whatever order: it is finished in three steps at most, as wanted', () => {
  const finals: PublicPayment['status'][] = ['authorised', 'declined', 'captured', 'voided', 'refunded']
  fc.assert(
    fc.property(runs, ({ actions, accepts }) => {
      const { payment, steps } = run(actions, accepts)
      expect(steps).toBeLessThanOrEqual(3)
      if (!payment) return
      expect(finals).toContain(payment.status)
      if (payment.status !== 'declined') expect<string>(payment.status).toBe(payment.wanted)
    }),
  )
})

test('the books agree with the provider', () => {
  fc.assert(
    fc.property(runs, ({ actions, accepts }) => {
      const { payment, charge } = run(actions, accepts)
      expect(payment?.capturedCents ?? 0).toBe(charge?.capturedCents ?? 0)
      expect(payment?.refundedCents ?? 0).toBe(charge?.refundedCents ?? 0)
      if (payment?.status === 'voided' && charge) expect(charge.status).toBe('voided')
      if (charge?.status === 'declined') expect(payment?.status).toBe('declined')
    }),
  )
})

test('every change is one event that fits the contract, numbered without a gap', () => {
  fc.assert(
    fc.property(runs, ({ actions, accepts }) => {
      const { payment, events } = run(actions, accepts)
      expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1))
      for (const event of events) {
        expect(event.previous).toBe(event.version - 1)
        expect(Value.Check(PaymentEvent, event)).toBe(true)
      }
      expect(payment?.version ?? 0).toBe(events.length)
    }),
  )
})

test('a command that comes again changes nothing', () => {
  fc.assert(
    fc.property(runs, ({ actions, accepts }) => {
      expect(run(actions, accepts, 3)).toEqual(run(actions, accepts))
    }),
  )
})
