import { serversBehind } from '../../../scripts/supervisor/backing-services/backing-services.ts'
import { kill, untilSettled } from '../../shop/checkouts.ts'
import { untilEvents } from '../../shop/faults/hold.ts'
import type { Kind } from '../../shop/faults/ledger.ts'
import { until } from '../../shop/shop.ts'
import { isComponent, readResources } from '../component-set.ts'
import { assertNone, type Row, type Seen } from '../row.ts'
import { ledgerOf, type World } from '../world.ts'

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
      const parts = shop.processes().filter(({ role }) => role !== 'infrastructure')
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
        for (const { name } of parts) {
          const before = settled
          await kill(shop, name)
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
    run: world => killUnderLoad(world, serversBehind(world.shop.instance, 'pubsub'), 'the broker was given'),
  },
  {
    id: 'state',
    title: 'server of the state stores killed, likewise',
    limit: 240,
    async run(world) {
      const { instance } = world.shop
      const resources = await readResources(`${instance.root}/components/${world.set}`)
      const stores = resources.filter(isComponent).filter(({ spec }) => spec.type.startsWith('state.'))
      const servers = [...new Set(stores.flatMap(({ metadata }) => serversBehind(instance, metadata.name)))]
      const brokers = serversBehind(instance, 'pubsub')
      const others = servers.filter(name => !brokers.includes(name))
      const hasAddress = stores.some(({ spec }) => spec.metadata?.some(item => item.secretKeyRef))
      const none = hasAddress ? 'the server was given' : 'no server'
      return await killUnderLoad(world, others, servers.length > 0 ? 'is the broker' : none)
    },
  },
]

/** @param none what to say when there is nothing to kill */
async function killUnderLoad(world: World, servers: readonly string[], none: string): Promise<Seen> {
  if (servers.length === 0) return { words: none }
  const { shop } = world
  const ledger = await ledgerOf(world)
  const kinds = Array.from({ length: load / 2 }, (_, index) => mixture[index % mixture.length] ?? 'ordinary')
  const ids = await ledger.place(...kinds)
  const more = ledger.place(...kinds)
  more.catch(() => undefined)
  await untilEvents(shop, ids, Math.ceil(ids.length * 2))
  const killedAt = performance.now()
  await Promise.all(servers.map(name => kill(shop, name)))
  await more
  assertNone(await ledger.drain())
  const seconds = (performance.now() - killedAt) / 1_000
  return { words: `✓ ${seconds.toFixed(1)} s`, values: { seconds } }
}
