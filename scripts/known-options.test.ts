import { expect, test } from 'bun:test'
import type { ArgsDef } from 'citty'
import { assertKnownOptions } from './known-options.ts'

const args: ArgsDef = {
  set: { type: 'string', alias: 's' },
  json: { type: 'boolean' },
  images: { type: 'boolean', default: true },
}

test.each([[['--set', 'redis', '--json']], [['-s', 'redis']], [['--no-images']], [['--images']]])(
  '%j is known',
  given => {
    expect(() => assertKnownOptions(args, given)).not.toThrow()
  },
)

test.each([
  [['--jsn'], "Unknown option '--jsn'. Options: --set, --json, --no-images."],
  [['--no-json'], "Unknown option '--no-json'"],
  [['here'], "Unexpected argument 'here'"],
])('%j is not', (given, message) => {
  expect(() => assertKnownOptions(args, given)).toThrow(message)
})
