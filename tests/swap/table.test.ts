import { describe, expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { always } from '../../scripts/test/swap.ts'
import { readRecordings, sectionOf, withTable } from './results.ts'
import type { Outcome } from './row.ts'
import { suite, table } from './suite.ts'
import { isGood, renderMarkdown, renderText } from './table.ts'

const lines = [
  { title: 'Events', rows: [{ id: 'order', title: 'order of events' }] },
  { title: 'Faults', rows: [{ id: 'broker', title: 'broker killed' }] },
]

function outcome(set: string, row: string, seen: string, ok = true): Outcome {
  return { set, row, ok, seen, seconds: 1 }
}

const good = [outcome('one', 'order', '0 of 9'), outcome('one', 'broker', '✓ 4 s')]
const failed = [outcome('two', 'order', '3 of 9'), outcome('two', 'broker', 'order 7 | lost', false)]
const missing = { set: 'three', missing: 'no broker on the PATH' }

test('sets are columns; failures and sets that did not run are told below', () => {
  expect(renderText(lines, [good, failed, missing]).split('\n')).toEqual([
    '                 one     two',
    'order of events  0 of 9  3 of 9',
    'broker killed    ✓ 4 s   FAILED',
    '',
    'two, broker FAILED: order 7 | lost',
    '',
    'three was not run: no broker on the PATH',
  ])
})

test('a row that was not reached is a dash', () => {
  expect(renderText(lines, [good.slice(0, 1)])).toContain('broker killed    –')
})

test('in Markdown the rows stand under their headings', () => {
  expect(renderMarkdown(lines, { one: good, two: failed }).split('\n')).toEqual([
    '|  | [one](components/one) | [two](components/two) |',
    '|---|---|---|',
    '| **Events** |  |  |',
    '| order of events | 0 of 9 | 3 of 9 |',
    '| **Faults** |  |  |',
    '| broker killed | ✓ 4 s | ✗ order 7 \\| lost |',
  ])
})

test.each([
  ['all went well', [good], true, true],
  ['a row failed', [good, failed], false, false],
  ['a set could not be run', [good, missing], true, false],
])('%s', (_, results, onALaptop, inCi) => {
  expect(isGood(results, { isCi: false })).toBe(onALaptop)
  expect(isGood(results, { isCi: true })).toBe(inCi)
})

test('the notes name the sets when they were not recorded together', () => {
  expect(sectionOf(lines, { one: { setup: 'a day', outcomes: good } })).toEndWith('\n\na day.')
  const apart = { one: { setup: 'a day', outcomes: good }, two: { setup: 'another', outcomes: failed } }
  expect(sectionOf(lines, apart)).toEndWith('\n\none: a day.\ntwo: another.')
})

describe('what is recorded', async () => {
  const root = resolve(import.meta.dir, '../..')
  const recordings = (await readRecordings(root)) ?? {}
  const ids = table.flatMap(({ rows }) => rows.map(({ id }) => id))

  test('ids of rows are unique', () => {
    expect(new Set(ids).size).toBe(suite.length + 2)
  })

  test('are the sets that this repository comes with', () => {
    expect(Object.keys(recordings)).toEqual(expect.arrayContaining([...always, 'kafka']))
  })

  test.each(Object.keys(recordings))('of %s are the rows that there are, each passed', set => {
    const { outcomes } = recordings[set] ?? { outcomes: [] }
    expect(outcomes.map(({ row }) => row)).toEqual(ids)
    expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
  })

  test('is what the README has', async () => {
    const readme = await Bun.file(join(root, 'README.md')).text()
    expect(withTable(readme, table, recordings)).toBe(readme)
  })
})
