import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { fromText } from './from-text.ts'

const schema = Type.Object({ count: Type.Integer(), price: Type.Number(), open: Type.Boolean() })

test.each([
  [
    { count: '7', price: '1.50', open: 'true' },
    { count: 7, price: 1.5, open: true },
  ],
  [
    { count: '-7', price: '3', open: 'false' },
    { count: -7, price: 3, open: false },
  ],
  [
    { count: '0', price: '-0.5' },
    { count: 0, price: -0.5 },
  ],
  [{ count: '9007199254740991' }, { count: 9007199254740991 }],
  [
    { count: '7x', price: '', open: 'yes' },
    { count: '7x', price: '', open: 'yes' },
  ],
  [
    { count: 7, other: '8' },
    { count: 7, other: '8' },
  ],
])('%j becomes %j', (given, converted) => {
  expect(fromText(schema, given)).toEqual(converted)
})

test.each([
  '1.5',
  '1e400',
  '1e0',
  '0x1',
  '0b1',
  '007',
  '+1',
  ' 1',
  '1 ',
  '1\n',
  '.5',
  '1.',
  '1_000',
  '-',
  '١',
  'Infinity',
  '9007199254740993',
  '-9007199254740993',
])('%j is no integer', text => {
  expect(fromText(schema, { count: text })).toEqual({ count: text })
})

test.each(['1e0', '0x1', '1.', '.5', ' 1', '9007199254740993'])('%j is no number', text => {
  expect(fromText(schema, { price: text })).toEqual({ price: text })
})

test('what is given stays as it is', () => {
  const given = { count: '7' }
  fromText(schema, given)
  expect(given).toEqual({ count: '7' })
})

test.each([
  [{ counts: ['7', '-8'] }, { counts: [7, -8] }],
  [{ counts: ['7', '1e0', '1,2', ''] }, { counts: [7, '1e0', '1,2', ''] }],
  [{ counts: [] }, { counts: [] }],
  [{ counts: '7' }, { counts: '7' }],
  [{}, {}],
])('a list is converted item by item: %j becomes %j', (given, converted) => {
  expect(fromText(Type.Object({ counts: Type.Array(Type.Integer()) }), given)).toEqual(converted)
})
