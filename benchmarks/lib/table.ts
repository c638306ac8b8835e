import type { Benchmark } from './benchmark.ts'
import type { Outcome } from './run.ts'

const numbers = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 })

/** For people: each side's median and the ratio, all with their spread, and whether the target is met. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  return renderTable([
    ['benchmark', 'ours', 'peer', 'unit', 'ratio', 'target', ''],
    ...outcomes.map(({ result, spread }) => [
      result.name,
      withSpread(result.ours, spread.ours),
      withSpread(result.peer, spread.peer),
      result.unit,
      withSpread(result.ratio, spread.ratio),
      result.target === null ? '–' : `≥ ${result.target}`,
      result.ok ? '' : 'MISSED',
    ]),
  ])
}

export function renderList(benchmarks: readonly Benchmark[]): string {
  return renderTable(benchmarks.map(({ name, about }) => [name, about]))
}

function withSpread(value: number, spread: number): string {
  return `${numbers.format(value)} ±${Math.round(spread * 100)}%`
}

function renderTable(rows: readonly string[][]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  )
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return rows.map(row => line(row).trimEnd()).join('\n')
}
