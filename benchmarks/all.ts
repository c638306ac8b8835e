import append from './append.ts'
import bundleSize from './bundle-size.ts'
import bundleSizeGzip from './bundle-size-gzip.ts'
import bundleSizeWorkflow from './bundle-size-workflow.ts'
import calls from './calls.ts'
import deliveriesBun from './deliveries-bun.ts'
import deliveriesNode from './deliveries-node.ts'
import events from './events.ts'
import eventsNode from './events-node.ts'
import importMemory from './import-memory.ts'
import importTime from './import-time.ts'
import importTimeWorkflow from './import-time-workflow.ts'
import type { Benchmark } from './lib/benchmark.ts'
import orders from './orders.ts'
import overhead from './overhead.ts'
import overheadInProcess from './overhead-in-process.ts'
import relay from './relay.ts'
import replay from './replay.ts'
import sidecar from './sidecar.ts'

/** Of elysia-dapr, mostly beside the SDK. */
export const libraryBenchmarks: readonly Benchmark[] = [
  deliveriesBun,
  deliveriesNode,
  overhead,
  overheadInProcess,
  events,
  eventsNode,
  ...calls,
  importTime,
  importTimeWorkflow,
  importMemory,
  bundleSize,
  bundleSizeGzip,
  bundleSizeWorkflow,
]

/** Of the shop and its packages. */
export const shopBenchmarks: readonly Benchmark[] = [...append, replay, ...relay, orders]

/** Of the sidecar that is built for the shop. */
export const sidecarBenchmarks: readonly Benchmark[] = sidecar

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  ...libraryBenchmarks,
  ...shopBenchmarks,
  ...sidecarBenchmarks,
]
