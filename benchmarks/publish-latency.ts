import type { Benchmark } from './lib/benchmark.ts'
import { sidecarCalls } from './lib/calls.ts'

export default {
  name: 'publish-latency',
  about:
    "Publishing an event through a real sidecar, one call after the other, against the SDK's client on Bun",
  unit: 'µs',
  better: 'less',
  target: 1,

  prepare: setting => sidecarCalls({ call: 'publish', unit: 'time', peer: 'bun' }, setting),
} satisfies Benchmark
