import { expect, test } from 'bun:test'
import { Patience } from './patience.ts'

const limits = { unanswered: 5, perMinute: 12, firstWait: 100, longestWait: 1000, answerTimeout: 1 }

test('each restart waits twice as long as the one before, up to a bound', () => {
  const patience = new Patience(limits)
  const waits = Array.from({ length: 6 }, (_, n) =>
    patience.afterDeath({ answered: true, at: n * 1000, lived: 500 }),
  )
  expect(waits).toEqual([100, 200, 400, 800, 1000, 1000])
})

test('one that ran well for a while starts again at once', () => {
  const patience = new Patience(limits)
  patience.afterDeath({ answered: true, at: 0, lived: 500 })
  expect(patience.afterDeath({ answered: true, at: 20_000, lived: 20_000 })).toBe(100)
})

test('five deaths in a row without an answer are enough; an answer in between begins anew', () => {
  const patience = new Patience(limits)
  const die = (answered: boolean) => patience.afterDeath({ answered, at: 0, lived: 10 })
  for (const answered of [false, false, false, false, true, false, false, false, false]) {
    expect(die(answered)).toBeNumber()
  }
  expect(die(false)).toBeUndefined()
})

test('twelve deaths within a minute are enough, even if it answered each time; spread over more they are not', () => {
  const quick = new Patience(limits)
  const slow = new Patience(limits)
  const last = (patience: Patience, every: number) =>
    Array.from({ length: 12 }, (_, n) =>
      patience.afterDeath({ answered: true, at: n * every, lived: every }),
    ).at(-1)
  expect(last(quick, 1000)).toBeUndefined()
  expect(last(slow, 6000)).toBeNumber()
})
