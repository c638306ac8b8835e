import { expect, test } from 'bun:test'
import { onEachDialect, orderIdOf, reserveFor, type TemporaryStore } from '../test/temporary-store.ts'

const products = [1, 2, 3]
const numbers = Array.from({ length: 50 }, (_, index) => index + 1)

/** All three products, in another order each time. */
function linesOf(number: number) {
  return products
    .map((_, index) => products[(index + number) % 3] ?? 1)
    .map(productId => ({ productId, quantity: ((number * productId) % 4) + 1 }))
}

/** What is reserved and has left by the reservations themselves. */
async function checkBooks({ store, published }: TemporaryStore, opening: number) {
  const all = await Promise.all(numbers.map(number => store.reservation(orderIdOf(number))))
  const unitsOf = (status: string, id: number) =>
    all
      .flatMap(reservation => (reservation?.status === status ? reservation.lines : []))
      .reduce((sum, { productId, quantity }) => sum + (productId === id ? quantity : 0), 0)

  for (const { productId, onHand, reserved, available } of await store.levels()) {
    expect(reserved).toBe(unitsOf('reserved', productId))
    expect(onHand).toBe(opening - unitsOf('fulfilled', productId))
    expect(available).toBeGreaterThanOrEqual(0)
  }

  const events = await published()
  for (const reservation of all) {
    const own = events.filter(({ orderId }) => orderId === reservation?.orderId)
    expect(own.map(({ version }) => version)).toEqual(own.map((_, index) => index + 1))
    expect(own).toHaveLength(reservation?.version ?? 0)
  }
  return all.map(reservation => reservation?.status)
}

onEachDialect(open => {
  test('fifty orders at once for too few units: no more is kept than there is, and each is decided', async () => {
    await using opened = await open()
    const { store, replica } = opened
    await store.add(products.map(productId => ({ productId, onHand: 40 })))
    const answers = await Promise.all(
      numbers.map(number =>
        (number % 2 ? store : replica).execute(orderIdOf(number), {
          ...{ command: 'reserve', lines: linesOf(number) },
        }),
      ),
    )
    const statuses = await checkBooks(opened, 40)
    expect(answers.map(answer => answer?.status)).toEqual(statuses)
    const kept = statuses.filter(status => status === 'reserved').length
    expect(kept).toBeGreaterThan(5)
    expect(kept + statuses.filter(status => status === 'rejected').length).toBe(50)
    expect((await store.levels()).some(({ available }) => available < 4)).toBe(true)
  }, 30_000)

  test('everything at once, twice, from two replicas: each reservation has its one end', async () => {
    await using opened = await open()
    const { store, replica, clock } = opened
    await store.add(products.map(productId => ({ productId, onHand: 200 })))
    for (const number of numbers.slice(0, 25)) {
      await store.execute(orderIdOf(number), { command: 'reserve', lines: linesOf(number) })
    }
    clock.now = new Date(clock.now.getTime() + reserveFor)

    const commands = numbers.flatMap(number => {
      const lines = linesOf(number)
      return (['reserve', 'fulfil', 'release', 'expire', 'restock'] as const)
        .slice(number % 3, (number % 3) + 3)
        .map(command => ({ orderId: orderIdOf(number), command: { command, lines } }))
    })
    const results = await Promise.allSettled(
      [...commands, ...commands.toReversed()].map(({ orderId, command }, index) =>
        (index % 2 ? store : replica).execute(orderId, command),
      ),
    )
    const refusals = results.flatMap(result => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(refusals.filter(code => code !== 'reservation-fulfilled' && code !== 'units-missing')).toEqual([])
    await checkBooks(opened, 200)
  }, 30_000)
})
