import { expect, test } from 'bun:test'
import { oneAtATime } from './one-at-a-time.ts'

test('work of one key waits for the one before, also when that fails; another key does not', async () => {
  const run = oneAtATime()
  const gate = Promise.withResolvers<void>()
  const done: string[] = []
  const first = run('a', async () => {
    await gate.promise
    done.push('first')
    throw new Error('failed')
  })
  const second = run('a', async () => void done.push('second'))
  const third = run('a', async () => void done.push('third'))
  await run('b', async () => void done.push('other'))
  expect(done).toEqual(['other'])
  gate.resolve()
  await expect(first).rejects.toThrow('failed')
  await Promise.all([second, third])
  expect(done).toEqual(['other', 'first', 'second', 'third'])
})
