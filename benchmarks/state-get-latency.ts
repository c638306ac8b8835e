import type { Benchmark } from './lib/benchmark.ts'
import { sidecarCalls } from './lib/calls.ts'

export default {
  name: 'state-get-latency',
  about:
    "Reading a value from a state store through a real sidecar, one call after the other, against the SDK's client on Bun",
  unit: 'µs',
  better: 'less',
  target: 1,

  prepare: setting => sidecarCalls({ call: 'state-get', unit: 'time', peer: 'bun' }, setting),
} satisfies Benchmark
