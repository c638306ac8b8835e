import type { Benchmark, Result } from './benchmark.ts'

/** What a result has to reach, in words; empty: nothing. */
export function aimOf({ target, goal, unit }: Result, better: Benchmark['better'] = 'more'): string {
  if (goal !== undefined) return `${better === 'less' ? '≤' : '≥'} ${whole.format(goal)} ${unit}`
  return target === null ? '' : `≥ ${target}`
}

/** Median and 99th percentile of the times that were taken; empty: none were. */
export function timesOf(
  p50: number | undefined,
  p99: number | undefined,
  numbers: Intl.NumberFormat,
): string {
  if (p50 === undefined || p99 === undefined) return ''
  return `median ${numbers.format(p50)} ms, p99 ${numbers.format(p99)} ms`
}

const whole = new Intl.NumberFormat('en-US')
