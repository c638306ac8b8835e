// Checked by tsc alone: every line below an expectation must not compile.
import { Type } from '@sinclair/typebox'
import { sidecar } from '../client/sidecar.ts'
import {
  activity,
  getWorkflow,
  raiseEvent,
  startWorker,
  startWorkflow,
  waitForWorkflow,
  workflow,
} from './index.ts'

const Order = Type.Object({ id: Type.Integer() })
const Receipt = Type.Object({ number: Type.String() })
const events = { paid: Receipt, cancelled: Type.Undefined() }

const charge = activity('charge', { input: Order, output: Receipt }, ({ id }) => ({ number: `${id}` }))
const notify = activity('notify', { input: Type.String() }, async () => {})
const tick = activity('tick', {}, () => {})

export const activities = [
  charge,
  activity('charge', { input: Order, output: Receipt }, async ({ id }, { signal }) => ({
    number: `${id}${signal}`,
  })),
  activity('tick', {}, () => undefined),
  // @ts-expect-error an output of another type
  activity('charge', { output: Receipt }, () => ({ number: 1 })),
  // @ts-expect-error a missing member, after an await
  activity('charge', { output: Receipt }, async () => ({})),
  // @ts-expect-error no output
  activity('charge', { output: Receipt }, () => {}),
  // @ts-expect-error an output where none is declared
  activity('tick', {}, () => 5),
  // @ts-expect-error a member that the input does not have
  activity('charge', { input: Order }, ({ key }) => void key),
]

const checkout = workflow('checkout', { input: Order, output: Receipt, events }, function* (context, order) {
  const id: number = order.id
  const receipt = yield* context.call(charge, { id })
  const number: string = receipt.number
  yield* context.call(notify, number, { retry: { maxAttempts: 2 } })
  yield* context.call(tick)
  yield* context.call(tick, undefined, { retry: {} })
  // @ts-expect-error an input of another type
  yield* context.call(charge, { id: 'one' })
  // @ts-expect-error no input
  yield* context.call(charge)
  // @ts-expect-error an input where none is declared
  yield* context.call(tick, 5)
  // @ts-expect-error a member that the output does not have
  ;(yield* context.call(charge, order)).key
  // @ts-expect-error a step has no members before it is waited for
  context.call(charge, order).number

  const paid = yield* context.waitFor('paid', { timeout: 1_000 })
  if (paid.received) paid.data.number.trim()
  // @ts-expect-error there may be no data
  paid.data.number
  const cancelled: undefined = yield* context.waitFor('cancelled')
  // @ts-expect-error an event that the workflow does not have
  yield* context.waitFor('refunded')

  const [first, second] = yield* context.all([context.call(charge, order), context.sleep(1)])
  const both: [string, undefined] = [first.number, second]
  const winner = yield* context.race([context.call(charge, order), context.waitFor('paid'), context.sleep(1)])
  if (winner.index === 0) winner.result.number.trim()
  // @ts-expect-error the one that sleeps has no result
  if (winner.index === 2) winner.result.number
  const child: string = yield* context.child(shipping, order.id)
  // @ts-expect-error an input of another type
  yield* context.child(shipping, 'one')
  if (order.id > 5) return context.continueAsNew({ id: 1 })
  // @ts-expect-error an input of another type
  context.continueAsNew({ id: 'one' })
  return { number: `${number}${cancelled}${both}${child}` }
})

const shipping = workflow(
  'shipping',
  { input: Type.Integer(), output: Type.String() },
  function* (context, id) {
    yield* context.sleep(id)
    // @ts-expect-error it has no events
    yield* context.waitFor('paid')
    return `${id}`
  },
)

export const workflows = [
  workflow('idle', { version: 2 }, function* ({ sleep }) {
    yield* sleep(1)
  }),
  // @ts-expect-error an output of another type
  workflow('idle', { output: Type.String() }, function* ({ sleep }) {
    yield* sleep(1)
    return 5
  }),
  // @ts-expect-error no output
  workflow('idle', { output: Type.String() }, function* ({ sleep }) {
    yield* sleep(1)
  }),
  // @ts-expect-error it awaits what is not durable
  workflow('idle', {}, async function* ({ sleep }) {
    yield* sleep(1)
  }),
  // @ts-expect-error it waits for what is no step
  workflow('idle', {}, function* () {
    yield Promise.resolve()
  }),
  // @ts-expect-error no generator
  workflow('idle', {}, async () => {}),
]

export async function using() {
  const dapr = sidecar()
  startWorker({ workflows: [checkout, shipping], activities: [charge, notify, tick] })
  const id = await startWorkflow(dapr, checkout, { id: 1 }, { instanceId: 'a' })
  // @ts-expect-error an input of another type
  await startWorkflow(dapr, checkout, { id: '1' })
  // @ts-expect-error no input
  await startWorkflow(dapr, checkout)
  await raiseEvent(dapr, checkout, id, 'paid', { number: '1' })
  await raiseEvent(dapr, checkout, id, 'cancelled')
  // @ts-expect-error data of another type
  await raiseEvent(dapr, checkout, id, 'paid', { number: 1 })
  // @ts-expect-error no data
  await raiseEvent(dapr, checkout, id, 'paid')
  // @ts-expect-error an event that the workflow does not have
  await raiseEvent(dapr, checkout, id, 'refunded')
  const number: string = (await waitForWorkflow(dapr, checkout, id)).number
  const state = await getWorkflow(dapr, checkout, id)
  // @ts-expect-error there may be no instance
  state.runtimeStatus
  if (state?.runtimeStatus === 'COMPLETED') state.output.number.trim()
  if (state?.runtimeStatus === 'FAILED') state.failure.message.trim()
  // @ts-expect-error there is no output before it is completed
  state?.output
  return number
}
