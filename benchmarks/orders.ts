import type { Benchmark } from './lib/benchmark.ts'
import { startOrderingShop } from './lib/shop-orders.ts'

/** Of one measurement with `--seconds 1`. */
const orders = 200

export default {
  name: 'orders',
  about:
    'Orders through the gateway of the whole shop until they are confirmed, 16 at a time; times: from the request to the confirmation',
  unit: 'orders/s',
  better: 'more',
  target: null,
  alone: true,
  rounds: 2,
  slices: 2,
  async prepare(setting) {
    const shop = await startOrderingShop(setting)
    await shop.place(Math.ceil((orders * setting.seconds) / 2))
    return () => shop.place(Math.ceil(orders * setting.slice * 2))
  },
} satisfies Benchmark
