import { expect, test } from 'bun:test'
import { endingSignals } from './ending.ts'

function signalled(...signals: [name: NodeJS.Signals, at: number][]) {
  let clock = 0
  const reports: string[] = []
  using ending = endingSignals(line => reports.push(line), { now: () => clock })
  for (const [name, at] of signals) {
    clock = at
    process.emit(name, name)
  }
  return { reports, ended: ending.end.aborted, hurried: ending.hurry.aborted }
}

test('the copies of one Ctrl-C are one', () => {
  expect(signalled(['SIGINT', 0], ['SIGINT', 2], ['SIGINT', 900])).toEqual({
    reports: ['SIGINT: stopping (once more to hurry)'],
    ended: true,
    hurried: false,
  })
})

test('Ctrl-C again, once its copies are over, means hurry; so it does after SIGTERM', () => {
  expect(signalled(['SIGINT', 0], ['SIGINT', 2], ['SIGINT', 1500]).hurried).toBe(true)
  expect(signalled(['SIGTERM', 0], ['SIGINT', 1500]).hurried).toBe(true)
})

test('a second stop, or timeout that signals the child and then its group, is no hurry', () => {
  expect(signalled(['SIGTERM', 0], ['SIGTERM', 1], ['SIGTERM', 5000], ['SIGHUP', 9000]).hurried).toBe(false)
})
