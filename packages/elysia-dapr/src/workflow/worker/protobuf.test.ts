import { expect, test } from 'bun:test'
import { Buffer } from 'node:buffer'
import { toDate, toTimestamp } from './messages.ts'
import { bool, bytes, int32, int64, list, message, nested, string, text } from './protobuf.ts'

const inner = message({ name: string(1) })
const codec = message({
  id: int32(1),
  name: string(2),
  optional: text(3),
  flag: bool(4),
  time: int64(5),
  raw: bytes(6),
  inner: nested(7, inner),
  many: list(nested(20, inner)),
})

test('a message is read as it was written', () => {
  const value = {
    id: 300,
    name: 'ä\u0000😀',
    optional: '',
    flag: true,
    time: 253_402_300_799,
    raw: Buffer.from([0, 255]),
    inner: { name: '' },
    many: [{ name: 'a' }, {}, { name: 'x'.repeat(300) }],
  }
  const decoded = codec.decode(codec.encode(value))
  expect(decoded).toEqual({ ...value, many: [{ name: 'a' }, {}, { name: 'x'.repeat(300) }] } as never)
})

test('what is absent is undefined, and an absent text is not the empty one', () => {
  expect(codec.decode(codec.encode({}))).toEqual({ many: [] } as never)
  expect(codec.decode(codec.encode({ optional: '' })).optional).toBe('')
})

test.each([
  ['-1, in ten bytes', '08ffffffffffffffffff01', { id: -1 }],
  ['-2147483648', '0880808080f8ffffffff01', { id: -2147483648 }],
  ['2147483647', '08ffffffff07', { id: 2147483647 }],
  ['a number beyond 32 bits', '28ff82d1ffaf07', { time: 253_402_300_799 }],
])('numbers: %s', (_, hex, wanted) => {
  expect(codec.decode(Buffer.from(hex, 'hex'))).toMatchObject(wanted)
})

test('fields of a newer sidecar are skipped', () => {
  const newer = '980601' + 'a20603616263' + 'a90600000000000000f0' + 'b50600000000' + '0807'
  expect(codec.decode(Buffer.from(newer, 'hex'))).toMatchObject({ id: 7 })
})

test.each([
  ['a number', '08ff'],
  ['a text', '12056162'],
  ['a group', '9b069c06'],
])('a message that is broken off, or odd, is refused: %s', (_, hex) => {
  expect(() => codec.decode(Buffer.from(hex, 'hex'))).toThrow(RangeError)
})

test.each([0, 1, 999, 1_790_000_000_123, -1])('the time %p', milliseconds => {
  expect(toDate(toTimestamp(new Date(milliseconds))).getTime()).toBe(milliseconds)
})
