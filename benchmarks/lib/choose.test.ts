import { expect, test } from 'bun:test'
import { benchmarks } from '../all.ts'
import { chooseBenchmarks } from './choose.ts'
import { loadWarning } from './load-average.ts'
import { median, spread } from './statistics.ts'

const namesOf = (...wanted: string[]) => chooseBenchmarks(benchmarks, wanted).map(({ name }) => name)

test('names choose, in the order in which they run; no name is all', () => {
  expect(namesOf('events', 'overhead')).toEqual(['overhead', 'events'])
  expect(namesOf()).toEqual(benchmarks.map(({ name }) => name))
})

test('a group stands for all of it', () => {
  expect(namesOf('sidecar', 'overhead')).toEqual([
    'overhead',
    'sidecar-size',
    'sidecar-idle-memory',
    'sidecar-loaded-memory',
    'sidecar-invocations',
  ])
})

test('every benchmark has a name of its own', () => {
  expect(new Set(namesOf()).size).toBe(benchmarks.length)
})

test.each([
  ['evnts', 'Did you mean events?'],
  ['deliveries', 'Did you mean deliveries-bun, or deliveries-node?'],
  ['sidecars', 'Did you mean sidecar?'],
  ['something', 'There are: deliveries-bun, '],
])('an unknown name is told with what is near: %s', (name, advice) => {
  expect(() => namesOf('events', name)).toThrow(`There is no benchmark '${name}'. ${advice}`)
})

test('a machine of which half is busy is warned of', () => {
  expect(loadWarning({ load: 1, cores: 2 })).toBeUndefined()
  expect(loadWarning({ load: 1.04, cores: 2 })).toContain('1.0 on 2 cores')
})

test('medians and quartiles', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(spread([10, 20, 30, 40, 50])).toBeCloseTo(1 / 3)
  expect(spread([7])).toBe(0)
})
