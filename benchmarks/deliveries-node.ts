import type { Benchmark } from './lib/benchmark.ts'
import { missingNode } from './lib/missing.ts'
import { replayedDeliveries } from './lib/replay.ts'

export default {
  name: 'deliveries-node',
  about: "Replayed deliveries of an event, ours on Bun against the SDK's server on Node",
  unit: 'deliveries/s',
  better: 'more',
  target: 7,
  missing: missingNode,
  prepare: setting =>
    replayedDeliveries(
      {
        ours: { file: 'ours/server.ts', args: ['plugin', 1] },
        peer: { file: 'sdk/server.mjs', args: [1], runtime: 'node' },
      },
      setting,
    ),
} satisfies Benchmark
