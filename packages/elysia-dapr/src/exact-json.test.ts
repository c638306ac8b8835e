import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseExactly } from './exact-json.ts'

test.each([
  ['9007199254740991', 9007199254740991],
  ['-9007199254740991', -9007199254740991],
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['18446744073709551615', '18446744073709551615'],
  ['100000000000000000000', 100000000000000000000],
  ['0.12345678901234567890', 0.12345678901234568],
  ['12345678901234567890.5', 12345678901234567000],
  ['1234567890123456789e3', 1234567890123456800000],
  ['"9007199254740993"', '9007199254740993'],
  ['"a\\"9007199254740993\\\\"', 'a"9007199254740993\\'],
  [
    '[9007199254740993,{"9007199254740993":9007199254740993}]',
    ['9007199254740993', { '9007199254740993': '9007199254740993' }],
  ],
])('%s', (text, value) => {
  expect(parseExactly(text)).toEqual(value)
})

test('is JSON.parse for everything that JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.bigInt(), (value, integer) => {
      const text = JSON.stringify({ value, text: `"${integer}\\` })
      expect(parseExactly(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('keeps every integer', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), integer => {
      const parsed = parseExactly(`{"a":${integer}}`) as { a: number | string }
      expect(BigInt(parsed.a)).toBe(integer)
    }),
  )
})

test.each(['', '{', '90071992547409931 x', '"9007199254740993'])('throws for what is no JSON: %s', text => {
  expect(() => parseExactly(text)).toThrow(SyntaxError)
})
