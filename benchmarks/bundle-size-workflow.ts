import type { Benchmark } from './lib/benchmark.ts'
import { addedBytes } from './lib/bundle.ts'

export default {
  name: 'bundle-size-workflow',
  about: 'The bundles of `bundle-size`, ours with the entry for workflows and its runtime as well',
  unit: 'KiB',
  better: 'less',
  target: null,
  rounds: 1,
  slices: 1,
  prepare: () => side => addedBytes(side, 'minified', 'ours-workflow.ts'),
} satisfies Benchmark
