import { untilSettled } from '../../shop/checkouts.ts'
import { untilEvents } from '../../shop/faults/hold.ts'
import type { Kind } from '../../shop/faults/ledger.ts'
import { until } from '../../shop/shop.ts'
import { assertNone, type Row, type Seen } from '../row.ts'
import { ledgerOf, type Servers, type World } from '../world.ts'

const mixture: Kind[] = ['ordinary', 'ordinary', 'declined', 'ordinary', 'too many']
const load = 40
const lanes = 3

export const deaths: Row[] = [
  {
    id: 'restarts',
    title: 'every service and sidecar killed while orders flow',
    limit: 240,
    async run(world) {
      const { shop } = world
      const ledger = await ledgerOf(world)
      const parts = await world.parts()
      let isFlowing = true
      let settled = 0
      const flow = async () => {
        while (isFlowing) {
          const [id = ''] = await ledger.place('ordinary')
          await untilSettled(shop, id)
          settled++
        }
      }
      const flowing = Promise.all(Array.from({ length: lanes }, flow))
      flowing.catch(() => undefined)
      try {
        for (const name of parts) {
          const before = settled
          await world.kill(name)
          await Promise.race([
            flowing,
            until(`orders are settled after the kill of ${name}`, () => settled > before),
          ])
        }
      } finally {
        isFlowing = false
      }
      await flowing
      assertNone(await ledger.drain())
      return {
        words: `✓ ${parts.length} killed, ${settled} orders`,
        values: { killed: parts.length, orders: settled },
      }
    },
  },
  {
    id: 'broker',
    title: 'broker killed under 40 orders: all done with after',
    limit: 240,
    run: async world => await killUnderLoad(world, await world.servers('events')),
  },
  {
    id: 'state',
    title: 'server of the state stores killed, likewise',
    limit: 240,
    run: async world => await killUnderLoad(world, await world.servers('states')),
  },
]

async function killUnderLoad(world: World, { names, none }: Servers): Promise<Seen> {
  if (names.length === 0) return { words: none }
  const { shop } = world
  const ledger = await ledgerOf(world)
  const kinds = Array.from({ length: load / 2 }, (_, index) => mixture[index % mixture.length] ?? 'ordinary')
  const ids = await ledger.place(...kinds)
  const more = ledger.place(...kinds)
  more.catch(() => undefined)
  await untilEvents(shop, ids, Math.ceil(ids.length * 2))
  const killedAt = performance.now()
  await Promise.all(names.map(name => world.kill(name)))
  await more
  assertNone(await ledger.drain())
  const seconds = (performance.now() - killedAt) / 1_000
  return { words: `✓ ${seconds.toFixed(1)} s`, values: { seconds } }
}
