import type { Benchmark } from './lib/benchmark.ts'
import { handledEvents, topics } from './lib/handled.ts'
import { missingNode } from './lib/missing.ts'

export default {
  name: 'events-node',
  about:
    "Events handled behind a real sidecar, from the first publish on, ours on Bun, against the SDK's server on Node",
  unit: 'events/s',
  better: 'more',
  target: null,
  missing: missingNode,
  prepare: setting =>
    handledEvents(
      {
        ours: { file: 'ours/server.ts', args: ['plugin', topics] },
        peer: { file: 'sdk/server.mjs', args: [topics], runtime: 'node' },
      },
      setting,
    ),
} satisfies Benchmark
