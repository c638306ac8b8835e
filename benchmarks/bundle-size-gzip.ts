import type { Benchmark } from './lib/benchmark.ts'
import { addedBytes } from './lib/bundle.ts'

export default {
  name: 'bundle-size-gzip',
  about: 'The bundles of `bundle-size`, compressed by gzip',
  unit: 'KiB',
  better: 'less',
  target: null,
  rounds: 1,
  slices: 1,
  prepare: () => side => addedBytes(side, 'gzipped'),
} satisfies Benchmark
