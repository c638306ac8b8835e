import { describe, expect, test } from 'bun:test'
import type { Benchmark, Result } from './benchmark.ts'
import {
  type Part,
  parts,
  type Recordings,
  recordCommand,
  resultsFile,
  tableOf,
  withTable,
} from './results.ts'

const recorded: Recordings = await Bun.file(resultsFile).json()

describe.each(Object.keys(parts) as Part[])('the %s', part => {
  const { benchmarks, document } = parts[part]

  test(`has the recorded table in its document (else: ${recordCommand(part)})`, async () => {
    const text = await Bun.file(document).text()
    expect(text).toBe(withTable(text, tableOf(benchmarks, recorded[part])) ?? '')
  })

  test(`has every benchmark recorded, and none that is gone (else: ${recordCommand(part)})`, () => {
    expect(recorded[part].results.map(({ name }) => name)).toEqual(benchmarks.map(({ name }) => name))
  })
})

test('a missed target is marked', () => {
  const result = { name: 'fast', ours: 9, peer: 10, unit: 'things/s', ratio: 0.9, target: 0.9, ok: true }
  const results = [result, { ...result, name: 'slow', ratio: 0.8, ok: false }, { ...result, target: null }]
  expect(tableOf([], { setup: 'A machine', results }).split('\n').slice(2, 5)).toEqual([
    '| `fast`: fast | 9 things/s | 10 things/s | 0.9 | ≥ 0.9 |',
    '| `slow`: slow | 9 things/s | 10 things/s | 0.8 | ≥ 0.9 (missed) |',
    '| `fast`: fast | 9 things/s | 10 things/s | 0.9 |  |',
  ])
})

test('what has no peer has neither its value nor a ratio; times and the goal are told', () => {
  const alone = { name: 'lag', ours: 12.34, peer: null, unit: 'ms', ratio: 4, target: 1, ok: true }
  const results: Result[] = [
    { ...alone, goal: 10_000, p50: 12.3, p99: 40 },
    { ...alone, ratio: 90, peer: 1_100, goal: 50, target: null, ok: false, peerP50: 1_100, peerP99: 1_200 },
  ]
  const benchmarks = [{ name: 'lag', about: 'Lag', better: 'less' }] as Benchmark[]
  expect(tableOf(benchmarks, { setup: 'A machine', results }).split('\n').slice(2, 4)).toEqual([
    '| `lag`: Lag | 12.3 ms; median 12.3 ms, p99 40 ms |  |  | ≤ 10,000 ms |',
    '| `lag`: Lag | 12.3 ms | 1,100 ms; median 1,100 ms, p99 1,200 ms | 90 | ≤ 50 ms (missed) |',
  ])
})
