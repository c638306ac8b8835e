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
    { count: '-007', price: '3', open: 'false' },
    { count: -7, price: 3, open: false },
  ],
  [{ count: '1.5' }, { count: '1.5' }],
  [{ count: '1e400' }, { count: '1e400' }],
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

test('what is given stays as it is', () => {
  const given = { count: '7' }
  fromText(schema, given)
  expect(given).toEqual({ count: '7' })
})
