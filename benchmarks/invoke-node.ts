import type { Benchmark } from './lib/benchmark.ts'
import { sidecarCalls } from './lib/calls.ts'

export default {
  name: 'invoke-node',
  about:
    "Invoking a GET of an app through a real sidecar, 16 calls at a time, ours on Bun, against the SDK's client on Node",
  unit: 'calls/s',
  better: 'more',
  target: 1,
  needsNode: true,
  prepare: setting => sidecarCalls({ call: 'invoke', unit: 'calls', peer: 'node' }, setting),
} satisfies Benchmark
