import { expect, test } from 'bun:test'
import { benchmarks } from '../all.ts'
import { type Recording, readmeFile, recordCommand, resultsFile, tableOf, withTable } from './results.ts'

const recorded: Recording = await Bun.file(resultsFile).json()

test(`the table of the README is the recorded one (else: ${recordCommand})`, async () => {
  const readme = await Bun.file(readmeFile).text()
  expect(readme).toBe(withTable(readme, tableOf(benchmarks, recorded)) ?? '')
})

test(`every benchmark is recorded, and none that is gone (else: ${recordCommand})`, () => {
  expect(recorded.results.map(({ name }) => name)).toEqual(benchmarks.map(({ name }) => name))
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
