import { orderingShop } from '../../../benchmarks/lib/shop-orders.ts'
import { median, quantile } from '../../../benchmarks/lib/statistics.ts'
import { untilQuiet } from '../quiet.ts'
import type { Row } from '../row.ts'
import { perWorld } from '../world.ts'

const warmUp = 30
const orders = 150
const megabyte = 1024 * 1024

/** What the sidecars take before the first order, and what they do under it. */
const measured = perWorld(async ({ shop, signal, sidecarMemory }) => {
  const idle = await sidecarMemory()
  const ordering = await orderingShop(shop, signal)
  await ordering.place(warmUp)
  const sample = await ordering.place(orders)
  await untilQuiet(shop)
  return { idle, loaded: await sidecarMemory(), ...sample }
})

export const numbers: Row[] = [
  {
    id: 'orders-per-second',
    title: 'orders per second to confirmed, 16 at a time',
    limit: 120,
    async run(world) {
      const { value } = await measured(world)
      return { words: value.toFixed(1), values: { perSecond: value } }
    },
  },
  {
    id: 'confirmation',
    title: 'order to confirmation: median, p99',
    async run(world) {
      const { times } = await measured(world)
      const [medianMs, p99Ms] = [median(times), quantile(times, 0.99)]
      return { words: `${inSeconds(medianMs)}, ${inSeconds(p99Ms)}`, values: { medianMs, p99Ms } }
    },
  },
  {
    id: 'memory',
    title: 'memory of all sidecars: before, after these orders',
    async run(world) {
      const { idle, loaded } = await measured(world)
      const [idleMB, loadedMB] = [idle / megabyte, loaded / megabyte]
      return { words: `${idleMB.toFixed(0)} MB, ${loadedMB.toFixed(0)} MB`, values: { idleMB, loadedMB } }
    },
  },
]

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}
