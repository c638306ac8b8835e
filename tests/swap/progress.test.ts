import { expect, test } from 'bun:test'
import { startProgress } from './progress.ts'

test('elsewhere than on a terminal: a line for what begins, and one for what came of it', () => {
  let text = ''
  const progress = startProgress(50, { write: chunk => (text += chunk) })
  progress.step('redis', 'broker killed')
  progress.done({ set: 'redis', row: 'broker', ok: true, seen: '✓ 4 s', seconds: 9.5 })
  progress.step('redis', 'books')
  progress.done({ set: 'redis', row: 'books', ok: false, seen: 'order 3 is lost', seconds: 1 })
  progress.clear()
  expect(text).toBe(
    [
      '1/50 redis: broker killed …',
      '  redis broker: ✓ 4 s (9.5 s)',
      '2/50 redis: books …',
      '  FAILED redis books: order 3 is lost (1 s)',
      '',
    ].join('\n'),
  )
})

test('on a terminal what runs now stands in the last line, which goes', () => {
  let text = ''
  const progress = startProgress(2, { isTTY: true, write: chunk => (text += chunk) })
  progress.step('redis', 'books')
  expect(text).toEndWith('1/2 redis: books … 0 s')
  progress.clear()
  expect(text).toEndWith('\r\x1b[K')
})
