/**
 * What every sidecar of the shop runs with, in `bun start`, in `dapr run -f` and in `bun run bench sidecar`.
 * docs/sidecar.md has the figures, and what each of them costs.
 */

/** For daprd alone: an app or a compiler that inherited it would be held to it as well. */
export const sidecarEnvironment = {
  // A sidecar keeps little alive, and throws a lot away with every call: at Go's own 100 it collects all the time.
  // More than this takes more memory than it saves time.
  GOGC: '250',
  // What 250 may lead to when much is alive. From there on it collects as often as it has to.
  GOMEMLIMIT: '256MiB',
} as const

/**
 * Of the `spec` of each Configuration. Nothing of tracing: whoever begins a trace decides whether it is sampled, as the
 * chassis does where traces leave for a collector, and sidecars hand it on. With any `samplingRate` they would make spans
 * of their own for every call, though nobody gets them; with 0 they would cut off traces at events.
 */
export const sidecarSpec = {
  // Without the path of each request as a label, and so without a series for each of them, which Dapr has by default.
  metrics: { http: { increasedCardinality: false } },
} as const
