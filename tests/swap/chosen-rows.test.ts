import { expect, test } from 'bun:test'
import { chosenRows, rowIds } from './chosen-rows.ts'

const row = (id: string) => ({ id, title: id, run: async () => ({ words: '✓' }) })
const groups = [
  { title: 'first', rows: [row('a'), row('b')] },
  { title: 'second', rows: [row('c')] },
]

test('rows are chosen by their ids, and a heading without any is left out', () => {
  const chosen = chosenRows(groups, rowIds('b'))
  expect(chosen.map(({ title, rows }) => [title, ...rows.map(({ id }) => id)])).toEqual([['first', 'b']])
})

test('without ids all are run', () => {
  expect(chosenRows(groups, rowIds(undefined))).toEqual(groups)
})

test.each([
  ['a,d', 'd'],
  ['', ''],
])('of the ids "%s", "%s" is told to be none, with those that there are', (ids, unknown) => {
  expect(() => chosenRows(groups, rowIds(ids))).toThrow(`There is no row '${unknown}': use a, b, c.`)
})
