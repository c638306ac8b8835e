import type { Benchmark } from './lib/benchmark.ts'
import { importCost } from './lib/imports.ts'

export default {
  name: 'import-time',
  about:
    'Importing the main entry, without workflows, in a fresh process that has imported Elysia, against the whole SDK with its workflows',
  unit: 'ms',
  better: 'less',
  target: 5,
  rounds: 11,
  slices: 1,
  prepare: setting => importCost('milliseconds', setting),
} satisfies Benchmark
