import type { Benchmark } from './lib/benchmark.ts'
import { sidecarCalls } from './lib/calls.ts'

export default {
  name: 'invoke',
  about:
    "Invoking a GET of an app through a real sidecar, 16 calls at a time, against the SDK's client on Bun",
  unit: 'calls/s',
  better: 'more',
  target: 1,

  prepare: setting => sidecarCalls({ call: 'invoke', unit: 'calls', peer: 'bun' }, setting),
} satisfies Benchmark
