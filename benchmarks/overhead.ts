import type { Benchmark } from './lib/benchmark.ts'
import { replayedDeliveries } from './lib/replay.ts'

export default {
  name: 'overhead',
  about:
    'Replayed deliveries of an event, against a bare Elysia route that only parses the event and validates it as strictly',
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
