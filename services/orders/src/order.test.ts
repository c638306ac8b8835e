import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { placedOrder } from '../test/temporary-store.ts'
import { type Decision, decide, place } from './order.ts'

test('a new order waits for inventory', () => {
  const { status: _, ...command } = placedOrder(1)
  expect(place(command)).toEqual(placedOrder(1))
})

test.each<Decision>([{ status: 'confirmed' }, { status: 'rejected', reason: 'insufficient-stock' }])(
  'it becomes what inventory says: %j',
  decision => {
    const order = placedOrder(1)
    expect(decide(order, decision)).toEqual({ ...order, ...decision })
    expect(order).toEqual(placedOrder(1))
  },
)

test('the first decision stays, whatever comes after it', () => {
  const decision = fc.oneof(
    fc.constant<Decision>({ status: 'confirmed' }),
    fc.record({ status: fc.constant('rejected' as const), reason: fc.string() }),
  )
  fc.assert(
    fc.property(fc.array(decision, { minLength: 1 }), decisions => {
      const [first] = decisions
      expect(decisions.reduce(decide, placedOrder(1))).toEqual({ ...placedOrder(1), ...first })
    }),
  )
})
