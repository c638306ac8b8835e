import bundleSize from './bundle-size.ts'
import bundleSizeGzip from './bundle-size-gzip.ts'
import deliveriesBun from './deliveries-bun.ts'
import deliveriesNode from './deliveries-node.ts'
import events from './events.ts'
import eventsNode from './events-node.ts'
import importMemory from './import-memory.ts'
import importTime from './import-time.ts'
import invoke from './invoke.ts'
import invokeLatency from './invoke-latency.ts'
import invokeNode from './invoke-node.ts'
import type { Benchmark } from './lib/benchmark.ts'
import overhead from './overhead.ts'
import overheadInProcess from './overhead-in-process.ts'
import publish from './publish.ts'
import publishLatency from './publish-latency.ts'
import publishNode from './publish-node.ts'
import stateGet from './state-get.ts'
import stateGetLatency from './state-get-latency.ts'
import stateGetNode from './state-get-node.ts'

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  deliveriesBun,
  deliveriesNode,
  overhead,
  overheadInProcess,
  events,
  eventsNode,
  publish,
  publishLatency,
  publishNode,
  stateGet,
  stateGetLatency,
  stateGetNode,
  invoke,
  invokeLatency,
  invokeNode,
  importTime,
  importMemory,
  bundleSize,
  bundleSizeGzip,
]
