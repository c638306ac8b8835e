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
  ['9007199254740993.0', 9007199254740992],
  ['9007199254740993e0', 9007199254740992],
  ['{"9007199254740993":1}', { '9007199254740993': 1 }],
  ['["","\\\\",9007199254740993]', ['', '\\', '9007199254740993']],
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

test.each([
  '',
  '{',
  '90071992547409931 x',
  '"9007199254740993',
  '0001234567890123456',
  '-0001234567890123456',
  '{1234567890123456789:1}',
  '9007199254740993\\"',
])('throws for what is no JSON: %s', text => {
  expect(() => parseExactly(text)).toThrow(SyntaxError)
})

test.each(['abcdefgh', 'ab\\ncd\\"', '12345678'])('keeps an integer behind 16 MiB of %s', unit => {
  const long = unit.repeat(2 ** 21)
  const { text, n } = parseExactly(`{"text":"${long}","n":9007199254740993}`) as { text: string; n: string }
  expect(text === JSON.parse(`"${long}"`)).toBe(true)
  expect(n).toBe('9007199254740993')
})

// Eight times the text takes eight times as long, or 64 times where every quote is a new begin.
test.each([
  ['escaped quotes', (size: number) => `1234567890123456"${'\\"'.repeat(size)}`],
  ['escaped backslashes', (size: number) => `1234567890123456${'"\\\\'.repeat(size)}\\`],
  ['backslashes', (size: number) => `1234567890123456"${'\\'.repeat(size)}`],
  ['quotes', (size: number) => `1234567890123456${'"'.repeat(size)}`],
  ['minus signs', (size: number) => `1234567890123456${'-'.repeat(size)}`],
  ['digits', (size: number) => `${'1'.repeat(size)}x`],
])('needs time by the length of what is no JSON: %s', (_, textOf) => {
  const time = (text: string) => {
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now()
      expect(() => parseExactly(text)).toThrow(SyntaxError)
      return performance.now() - start
    })
    return Math.min(...times)
  }
  expect(time(textOf(2 ** 19))).toBeLessThan(32 * Math.max(time(textOf(2 ** 16)), 1))
})
