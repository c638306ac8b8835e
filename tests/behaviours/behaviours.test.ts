import { beforeAll, describe, expect, test } from 'bun:test'
import { compare, groups } from './compare.ts'
import { type Results, readmeFile, recordCommand, resultsFile, tableOf, withTable } from './results.ts'

const recorded: Results = await Bun.file(resultsFile).json()
let seen: Results

beforeAll(async () => {
  seen = await compare()
}, 10 * 60_000)

describe.each(groups)('$title', ({ behaviours }) => {
  test.each(behaviours)('$id of elysia-dapr $expected', ({ id, expected }) => {
    expect(seen[id]?.ours).toBe(expected)
  })

  test.each(behaviours)(`$id is seen as it was recorded (else: ${recordCommand})`, ({ id }) => {
    expect(seen[id]).toEqual(recorded[id])
  })
})

test('nothing is recorded of a behaviour that is gone', () => {
  expect(Object.keys(recorded).sort()).toEqual(Object.keys(seen).sort())
})

test(`the table of the README is the recorded one (else: ${recordCommand})`, async () => {
  const readme = await Bun.file(readmeFile).text()
  expect(readme).toBe(withTable(readme, tableOf(groups, recorded)) ?? '')
})
