import type { Benchmark } from './lib/benchmark.ts'
import { replayedDeliveries } from './lib/replay.ts'

export default {
  name: 'overhead',
  about: 'Replayed deliveries of an event, against a bare Elysia route with the same parser and validation',
  unit: 'deliveries/s',
  better: 'more',
  target: 0.9,
  prepare: setting =>
    replayedDeliveries(
      {
        ours: { file: 'ours/server.ts', args: ['plugin', 1] },
        peer: { file: 'ours/server.ts', args: ['bare'] },
      },
      setting,
    ),
} satisfies Benchmark
