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

/** Measures one side for a slice. */
export type Measure = (side: Side) => number | Promise<number>

/** One comparison of this library with a peer. */
export interface Benchmark {
  name: string
  /** One line: what is measured, and what the peer is. */
  about: string
  unit: string
  /** Whether more of the unit or less of it is better. */
  better: 'more' | 'less'
  /** Least ratio that is good enough; null: only to know. */
  target: number | null
  /** @default 4 */
  rounds?: number
  /** Measurements of each side in a round. @default 4 */
  slices?: number
  /** The peer runs on Node: there is nothing to compare with where Node is missing. */
  needsNode?: boolean
  /** Called for every round. */
  prepare(setting: Setting): Measure | Promise<Measure>
}

/** What `--json` prints. */
export interface Result {
  name: string
  /** Medians of all measurements. */
  ours: number
  peer: number
  unit: string
  /** Median of the ratios of two measurements beside each other; above 1: ours is better. */
  ratio: number
  target: number | null
  ok: boolean
}
