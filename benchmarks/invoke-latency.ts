import type { Benchmark } from './lib/benchmark.ts'
import { sidecarCalls } from './lib/calls.ts'

export default {
  name: 'invoke-latency',
  about:
    "Invoking a GET of an app through a real sidecar, one call after the other, against the SDK's client on Bun",
  unit: 'µs',
  better: 'less',
  target: 1,

  prepare: setting => sidecarCalls({ call: 'invoke', unit: 'time', peer: 'bun' }, setting),
} satisfies Benchmark
