import { expect, test } from 'bun:test'
import { runTests } from './run.ts'
import { addTally, closingLine, emptyTally, timesLine } from './tally.ts'

test('the closing lines', () => {
  const total = emptyTally()
  addTally(total, { passed: 3, failed: ['a'], skipped: [] })
  addTally(total, { passed: 1, failed: [], skipped: [{ name: 'b', reason: 'no Go' }] })
  expect(closingLine(total)).toBe('4 passed, 1 failed, 1 skipped')
  const times = new Map([
    ['unit', 20_340],
    ['shop', 310_000],
  ])
  expect(timesLine(times)).toBe('unit 20.3 s, shop 310.0 s')
})

test('a run tells the time of each layer that it ran', async () => {
  const times = new Map<string, number>()
  const selection = {
    check: false,
    unit: ['scripts/check/readme.test.ts'],
    shop: [],
    swap: false,
    cluster: false,
  }
  const { signal } = new AbortController()
  const total = emptyTally()
  await runTests(selection, { binaries: [], signal, total, times })
  expect(total.failed).toEqual([])
  expect([...times.keys()]).toEqual(['unit'])
})
