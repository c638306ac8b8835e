import type { Benchmark } from './lib/benchmark.ts'
import { replayedDeliveries } from './lib/replay.ts'

export default {
  name: 'deliveries-bun',
  about: "Replayed deliveries of an event, against the SDK's server on Bun",
  unit: 'deliveries/s',
  better: 'more',
  target: 2.5,
  prepare: setting =>
    replayedDeliveries(
      {
        ours: { file: 'ours/server.ts', args: ['plugin', 1] },
        peer: { file: 'sdk/server.mjs', args: [1] },
      },
      setting,
    ),
} satisfies Benchmark
