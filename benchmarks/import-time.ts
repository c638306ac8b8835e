import type { Benchmark } from './lib/benchmark.ts'
import { importCost } from './lib/imports.ts'

export default {
  name: 'import-time',
  about: "Importing the package in a fresh process that has imported Elysia, against the whole SDK's import",
  unit: 'ms',
  better: 'less',
  target: 5,
  rounds: 11,
  slices: 1,
  prepare: setting => importCost('milliseconds', setting),
} satisfies Benchmark
