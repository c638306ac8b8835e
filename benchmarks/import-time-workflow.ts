import type { Benchmark } from './lib/benchmark.ts'
import { importCost } from './lib/imports.ts'

export default {
  name: 'import-time-workflow',
  about: 'The imports of `import-time`, ours with the entry for workflows as well',
  unit: 'ms',
  better: 'less',
  target: 5,
  rounds: 11,
  slices: 1,
  prepare: setting => importCost('milliseconds', setting, ['elysia-dapr', 'elysia-dapr/workflow']),
} satisfies Benchmark
