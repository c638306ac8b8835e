import { ask, untilStep } from '../../shop/checkouts.ts'
import type { Ledger } from '../../shop/faults/ledger.ts'
import { lettersOf } from '../../shop/letters.ts'
import { publishAs } from '../../shop/publish-as.ts'
import { until } from '../../shop/shop.ts'
import { effectsOf, furtherEffects } from '../effects.ts'
import { counterOf } from '../metrics.ts'
import { type Envelope, probeOf } from '../probe.ts'
import { assertNone, type Row } from '../row.ts'
import { ledgerOf, type World } from '../world.ts'

export const events: Row[] = [
  {
    id: 'consumers',
    title: 'an event reaches every consumer',
    async run(world) {
      const ledger = await watched(world)
      const ids = await ledger.place('ordinary')
      assertNone(await ledger.drain())
      await untilProbed(world, ids, 'order-confirmed')
      return { words: '✓' }
    },
  },
  {
    id: 'bulk',
    title: 'events in one bulk, on average',
    async run(world) {
      const ledger = await ledgerOf(world)
      const calls = () =>
        counterOf(world, 'insights', 'dapr_component_pubsub_ingress_bulk_count', { topic: 'orders' })
      const before = await calls()
      const ids = await ledger.place(...Array<'ordinary'>(24).fill('ordinary'))
      assertNone(await ledger.drain())
      // placed and confirmed
      const events = 2 * ids.length
      const perCall = events / ((await calls()) - before)
      return { words: perCall.toFixed(1), values: { perCall } }
    },
  },
  {
    id: 'dead-letter',
    title: 'handler goes on failing: a dead letter after, replayed',
    limit: 120,
    async run(world) {
      const { shop, fulfilment } = world
      const ledger = await ledgerOf(world)
      let seconds = 0
      try {
        await fulfilment.break()
        const [id = ''] = await ledger.place('ordinary')
        await until(
          `${id} is confirmed`,
          async () => (await ask(shop, `/orders/${id}`)).body?.status === 'confirmed',
        )
        const since = performance.now()
        await until('its event is given up', async () => (await lettersOf(shop, id)).length > 0, 90_000)
        seconds = (performance.now() - since) / 1_000
      } finally {
        await fulfilment.repair()
      }
      await world.replayLetters()
      assertNone(await ledger.drain())
      const { deadLetters } = await shop.kept()
      assertNone(deadLetters.map(({ service, id }) => `${service} still has the dead letter ${id}`))
      return { words: `✓ ${seconds.toFixed(1)} s`, values: { seconds } }
    },
  },
  {
    id: 'duplicates',
    title: 'same event published again: one effect',
    async run(world) {
      const ledger = await watched(world)
      const ids = await ledger.place('ordinary', 'ordinary', 'declined')
      assertNone(await ledger.drain())
      await untilProbed(world, ids, 'order-placed')
      const first = await untilProbed(world, ids.slice(0, 2), 'order-confirmed')
      const before = await effectsOf(world.shop, ids)
      await publishAgain(world, first)
      await publishAgain(world, first)
      assertNone(furtherEffects(before, await effectsOf(world.shop, ids)))
      return { words: `✓ ${2 * first.length} times` }
    },
  },
  {
    id: 'cut-off',
    title: 'handler cut off by SIGKILL: one effect, after',
    limit: 120,
    async run(world) {
      const { shop } = world
      const ledger = await watched(world)
      const letShippingGoOn = await world.hold('shipping')
      const ids = await ledger.place(...Array<'ordinary'>(4).fill('ordinary'))
      await Promise.all(ids.map(id => untilStep(shop, id, 'arrange-shipping')))
      const letInventoryGoOn = await world.hold('inventory')
      await letShippingGoOn()
      // the probe has them, so inventory's sidecar does, and waits for the service
      await untilProbed(world, ids, 'order-confirmed')
      const killed = performance.now()
      await world.cutOff('inventory')
      await letInventoryGoOn()
      assertNone(await ledger.drain())
      const seconds = (performance.now() - killed) / 1_000
      return { words: `✓ ${seconds.toFixed(1)} s`, values: { seconds } }
    },
  },
]

/** The books, once the probe sees what is ordered. */
async function watched(world: World): Promise<Ledger> {
  await probeOf(world)
  return await ledgerOf(world)
}

/** Waits until the probe has had an event of each order. @returns the first one of each */
async function untilProbed(world: World, ids: readonly string[], type: string): Promise<Envelope[]> {
  const { orders } = await probeOf(world)
  const found = (id: string) => orders.find(({ data }) => data.orderId === id && data.type === type)
  await until(`the probe has ${type} of ${ids.length} orders`, () => ids.every(found), 90_000)
  return ids.flatMap(id => found(id) ?? [])
}

/** Publishes events as they are once more, and waits until each consumer has had them. */
async function publishAgain(world: World, envelopes: readonly Envelope[]): Promise<void> {
  const { shop } = world
  const { orders } = await probeOf(world)
  const countOf = (id: string) => orders.filter(each => each.id === id).length
  const counts = envelopes.map(({ id }) => countOf(id))
  const before = await handled(world)
  for (const { id, source, data } of envelopes) await publishAs(shop, source, 'orders', { id, data })
  await until('the probe has them again', () =>
    envelopes.every(({ id }, index) => countOf(id) > (counts[index] ?? 0)),
  )
  await until('every consumer has handled them again', async () => {
    const now = await handled(world)
    const rose = (name: keyof typeof now) => now[name] - before[name]
    return (
      rose('inventory') >= envelopes.length && rose('payments') >= envelopes.length && rose('insights') > 0
    )
  })
}

/** Events that consumers of orders have handled, as their sidecars count them; for insights, bulks of them. */
async function handled(world: World) {
  const single = (app: string) =>
    counterOf(world, app, 'dapr_component_pubsub_ingress_count', {
      topic: 'orders',
      process_status: 'success',
    })
  const [inventory, payments, insights] = await Promise.all([
    single('inventory'),
    single('payments'),
    counterOf(world, 'insights', 'dapr_component_pubsub_ingress_bulk_latencies_count', { topic: 'orders' }),
  ])
  return { inventory, payments, insights }
}
