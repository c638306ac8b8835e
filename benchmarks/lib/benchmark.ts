export const sides = ['ours', 'peer'] as const
export type Side = (typeof sides)[number]

/** What a benchmark may use while it measures. */
export interface Setting {
  /** How long each side is measured in a round; it is warmed up for as long before. */
  seconds: number
  /** Length of one measurement, in seconds. */
  slice: number
  /** Aborted by Ctrl-C: whatever waits has to give up. */
  signal: AbortSignal
  /** Ends what a round has started: processes are fresh in every round. */
  round: AsyncDisposableStack
}

/** A value in the benchmark's unit, and how long each of what it counts took. */
export interface Sample {
  value: number
  /** In milliseconds. */
  times: readonly number[]
}

/** Measures one side for a slice. */
export type Measure = (side: Side) => number | Sample | Promise<number | Sample>

/** What is measured: ours beside a peer, or alone. */
export interface Benchmark {
  name: string
  /** A name that stands for several. @default none */
  group?: string
  /** Why it runs only when it is named, as in `takes an hour`; none: it runs with all. */
  onlyNamed?: string
  /** One line: what is measured, and what the peer is. */
  about: string
  unit: string
  /** Whether more of the unit or less of it is better. */
  better: 'more' | 'less'
  /** Least ratio to the peer that is good enough; null: only to know. */
  target: number | null
  /** What ours itself has to reach: at least so much of the unit, or at most where less is better. @default none */
  goal?: number
  /** There is nothing to compare with: the peer is not measured. @default false */
  alone?: boolean
  /** @default 4 */
  rounds?: number
  /** Measurements of each side in a round. @default 4 */
  slices?: number
  /** Why it cannot be measured here, as in `needs Node`; undefined: it can. */
  missing?: () => string | undefined
  /** Called for every round. */
  prepare(setting: Setting): Measure | Promise<Measure>
}

/** What `--json` prints. */
export interface Result {
  name: string
  /** Medians of all measurements; null: there is no peer. */
  ours: number
  peer: number | null
  unit: string
  /**
   * Median of the ratios of two measurements beside each other; above 1: ours is better. Without a peer that of ours to
   * the goal, and null without a goal.
   */
  ratio: number | null
  /** Least ratio; null: none. */
  target: number | null
  ok: boolean
  /** What ours has to reach, in the unit. */
  goal?: number
  /** Of all times that were taken, in milliseconds. */
  p50?: number
  p99?: number
  peerP50?: number
  peerP99?: number
}
