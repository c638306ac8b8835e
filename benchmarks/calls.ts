import type { Benchmark } from './lib/benchmark.ts'
import { type CallBenchmark, sidecarCalls } from './lib/calls.ts'
import { missingNode } from './lib/missing.ts'

type Kind = CallBenchmark['call']

const calls: [Kind, what: string][] = [
  ['publish', 'Publishing an event through a real sidecar'],
  ['state-get', 'Reading a value from a state store through a real sidecar'],
  ['invoke', 'Invoking a GET of an app through a real sidecar'],
]

/** Each call in three ways: many at a time, one alone, and many at a time against the SDK on Node. */
export default calls.flatMap(([call, what]) => [
  {
    name: call,
    about: `${what}, 16 calls at a time, against the SDK's client on Bun`,
    unit: 'calls/s',
    better: 'more',
    target: 1,
    prepare: setting => sidecarCalls({ call, unit: 'calls', peer: 'bun' }, setting),
  },
  {
    name: `${call}-latency`,
    about: `${what}, one call after the other, against the SDK's client on Bun`,
    unit: 'µs',
    better: 'less',
    target: 1,
    prepare: setting => sidecarCalls({ call, unit: 'time', peer: 'bun' }, setting),
  },
  {
    name: `${call}-node`,
    about: `${what}, 16 calls at a time, ours on Bun, against the SDK's client on Node`,
    unit: 'calls/s',
    better: 'more',
    target: 1,
    missing: missingNode,
    prepare: setting => sidecarCalls({ call, unit: 'calls', peer: 'node' }, setting),
  },
]) satisfies Benchmark[]
