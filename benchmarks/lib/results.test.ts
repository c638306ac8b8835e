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
