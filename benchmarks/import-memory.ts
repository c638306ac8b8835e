import type { Benchmark } from './lib/benchmark.ts'
import { importCost } from './lib/imports.ts'

export default {
  name: 'import-memory',
  about: 'Resident memory that the imports of `import-time` add',
  unit: 'MiB',
  better: 'less',
  target: 5,
  rounds: 11,
  slices: 1,
  prepare: setting => importCost('bytes', setting),
} satisfies Benchmark
