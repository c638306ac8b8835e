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

test('an id that does not exist is told with those that do', () => {
  expect(() => chosenRows(groups, rowIds('a,d'))).toThrow("There is no row 'd': use a, b, c.")
})
