import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { fromHttp, toHttp } from './etag.ts'

test.each([
  ['"7"', '7'],
  ['7', '7'],
  ['W/"7"', '7'],
  ['""', ''],
  ['"', '"'],
  ['*', '*'],
])('%s names the version %p', (header, etag) => {
  expect(fromHttp(header)).toBe(etag)
})

test('an etag that is sent comes back as it was', () => {
  fc.assert(
    fc.property(fc.uuid(), etag => {
      expect(fromHttp(toHttp(etag))).toBe(etag)
    }),
  )
})
