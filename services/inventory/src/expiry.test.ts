import { expect, test } from 'bun:test'
import { line, onEachDialect, orderIdOf, reserveFor } from '../test/temporary-store.ts'
import { expireDue, startExpiry } from './expiry.ts'

const numbers = Array.from({ length: 60 }, (_, index) => index + 1)
const silent = { info() {}, warn() {} } as never

onEachDialect(open => {
  test('what is not confirmed in time is given back once, however many look after it', async () => {
    await using opened = await open()
    const { store, replica, clock, published } = opened
    await store.add([{ productId: 1, onHand: 100 }])
    for (const number of numbers) {
      await store.execute(orderIdOf(number), { command: 'reserve', lines: [line(1, 1)] })
    }
    await store.execute(orderIdOf(1), { command: 'fulfil', lines: [line(1, 1)] })
    await store.execute(orderIdOf(2), { command: 'release' })
    await expireDue(store, silent)
    expect(await store.level(1)).toMatchObject({ onHand: 99, reserved: 58 })

    clock.now = new Date(clock.now.getTime() + reserveFor)
    await Promise.all([expireDue(store, silent), expireDue(replica, silent)])
    expect(await store.level(1)).toMatchObject({ onHand: 99, reserved: 0 })
    expect(await store.reservation(orderIdOf(3))).toMatchObject({ status: 'expired', version: 2 })
    expect(await store.reservation(orderIdOf(1))).toMatchObject({ status: 'fulfilled' })
    expect(await store.reservation(orderIdOf(2))).toMatchObject({ status: 'released' })
    const expired = (await published()).filter(({ type }) => type === 'stock-expired')
    expect(expired.map(({ orderId }) => orderId).sort()).toEqual(numbers.slice(2).map(orderIdOf))
  })
})

test('it looks from time to time', async () => {
  let due = ['one', 'two']
  const tried: string[] = []
  const done = Promise.withResolvers<void>()
  const warnings: string[] = []
  const store = {
    due: async () => due,
    async execute(orderId: string) {
      tried.push(orderId)
      if (tried.length === 1) throw new Error('the database is away')
      due = due.filter(id => id !== orderId)
      if (due.length === 0) done.resolve()
      return undefined
    },
  }
  const log = { info() {}, warn: (_: object, message: string) => void warnings.push(message) } as never
  const expiry = startExpiry({ store, log, every: 1 })
  await done.promise
  await expiry.stop()
  expect(tried).toEqual(['one', 'two', 'one'])
  expect(warnings).toEqual(['cannot expire reservations'])
})
