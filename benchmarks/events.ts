import type { Benchmark } from './lib/benchmark.ts'
import { handledEvents, topics } from './lib/handled.ts'

export default {
  name: 'events',
  about: "Events handled behind a real sidecar, from the first publish on, against the SDK's server on Bun",
  unit: 'events/s',
  better: 'more',
  target: null,
  prepare: setting =>
    handledEvents(
      {
        ours: { file: 'ours/server.ts', args: ['plugin', topics] },
        peer: { file: 'sdk/server.mjs', args: [topics] },
      },
      setting,
    ),
} satisfies Benchmark
