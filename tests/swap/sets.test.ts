import { expect, test } from 'bun:test'
import { chooseSets } from './sets.ts'

const all = ['embedded', 'mine', 'redis']

test('no name: all', () => {
  expect(chooseSets(all, [])).toEqual(all)
})

test('names, in their order and once', () => {
  expect(chooseSets(all, ['redis', 'mine', 'redis'])).toEqual(['redis', 'mine'])
})

test('an unknown one is an error that names those that there are', () => {
  expect(() => chooseSets(all, ['mine', 'reddis'])).toThrow(
    "There is no component set 'reddis'; did you mean redis?",
  )
})
