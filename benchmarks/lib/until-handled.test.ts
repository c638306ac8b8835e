import { expect, test } from 'bun:test'
import { untilHandled } from './until-handled.ts'

const never = new AbortController().signal

test('waits for the last event, however long all take', async () => {
  const counts = Array.from({ length: 10 }, (_, index) => index)
  const count = async () => {
    await Bun.sleep(60)
    return counts.shift() ?? 0
  }
  await untilHandled(9, count, { signal: never, patience: 500 })
  expect(counts).toEqual([])
})

test.each([
  ['an event that does not come', async () => 2],
  ['a server that no longer answers', () => new Promise<number>(() => undefined)],
])('%s ends it', async (_, count) => {
  const waiting = untilHandled(3, count, { signal: never, patience: 50 })
  await expect(waiting).rejects.toThrow(/^\d of 3 events were handled, and no more for 0.05 s$/)
})

test('an interrupt ends it', async () => {
  const interrupt = new AbortController()
  const count = async () => {
    interrupt.abort()
    return 2
  }
  await expect(untilHandled(3, count, { signal: interrupt.signal })).rejects.toThrow('aborted')
})
