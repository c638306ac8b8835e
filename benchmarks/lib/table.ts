import type { Benchmark } from './benchmark.ts'
import type { Outcome } from './outcome.ts'
import { aimOf, timesOf } from './words.ts'

const numbers = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 })

/**
 * For people: each side's median and the ratio, all with their spread, whether the target is met, and how long what was
 * counted took.
 */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  return renderTable([
    ['benchmark', 'ours', 'peer', 'unit', 'ratio', 'target', '', ''],
    ...outcomes.map(({ result, better, spread }) => [
      result.name,
      withSpread(result.ours, spread.ours),
      withSpread(result.peer, spread.peer),
      result.unit,
      withSpread(result.ratio, spread.ratio),
      aimOf(result, better) || '–',
      result.ok ? '' : 'MISSED',
      timesOf(result.p50, result.p99, numbers),
    ]),
  ])
}

export function renderList(benchmarks: readonly Benchmark[]): string {
  return renderTable(benchmarks.map(({ name, about }) => [name, about]))
}

function withSpread(value: number | null, spread: number | null): string {
  if (value === null || spread === null) return '–'
  return `${numbers.format(value)} ±${Math.round(spread * 100)}%`
}

/** Columns as wide as their widest cell. */
export function renderTable(rows: readonly string[][]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  )
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return rows.map(row => line(row).trimEnd()).join('\n')
}
