import type { Benchmark } from './lib/benchmark.ts'
import { sidecarCalls } from './lib/calls.ts'

export default {
  name: 'publish-node',
  about:
    "Publishing an event through a real sidecar, 16 calls at a time, ours on Bun, against the SDK's client on Node",
  unit: 'calls/s',
  better: 'more',
  target: 1,
  needsNode: true,
  prepare: setting => sidecarCalls({ call: 'publish', unit: 'calls', peer: 'node' }, setting),
} satisfies Benchmark
