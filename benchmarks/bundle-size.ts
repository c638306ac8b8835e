import type { Benchmark } from './lib/benchmark.ts'
import { addedBytes } from './lib/bundle.ts'

export default {
  name: 'bundle-size',
  about:
    'What the main entry, without workflows, adds to the minified bundle of a small app of Elysia, against that app with the whole SDK with its workflows',
  unit: 'KiB',
  better: 'less',
  target: null,
  rounds: 1,
  slices: 1,
  prepare: () => side => addedBytes(side, 'minified'),
} satisfies Benchmark
