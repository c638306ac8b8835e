import { expect, test } from 'bun:test'
import { fatalCause, InstallError } from './errors.ts'

test('a full disk is recognised in a compiler’s words, told once and with the way out', () => {
  const error = new InstallError(
    'go build failed (exit 1):\nlink: mapping output file failed: no space left on device',
  )
  const fatal = fatalCause(error, '/some/cache')
  expect(fatal?.message).toBe(
    'The disk is full: link: mapping output file failed: no space left on device\n' +
      'Free some space, or set SHOP_CACHE_DIR to a folder on another disk (now /some/cache).',
  )
  expect(fatalCause(fatal, '/some/cache')).toBe(fatal as InstallError)
})

test('a failure that another way may avoid is not fatal', () => {
  expect(fatalCause(new InstallError('answered 404'), '/some/cache')).toBeUndefined()
})
