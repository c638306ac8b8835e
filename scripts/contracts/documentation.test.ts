import { expect, test } from 'bun:test'
import { documentedExports, firstSentence } from './documentation.ts'

test('the comment above an export is its text, one line for each paragraph', () => {
  const source = [
    'import x from "x"',
    '/** Not of the next line. */',
    '// a remark',
    'export const bare = 1',
    '/**',
    ' * Places an order,',
    ' * once.',
    ' *',
    ' * More of it.',
    ' * @default none',
    ' */',
    'export const place = 1',
    '/** Of the type. */',
    'export type Shape = number',
    'export const Shape = 1',
  ].join('\n')
  expect(Object.fromEntries(documentedExports('x.ts', source))).toEqual({
    bare: { line: 4, text: '' },
    place: { line: 12, text: 'Places an order, once.\nMore of it.' },
    Shape: { line: 15, text: 'Of the type.' },
  })
})

test.each([
  ['One. Two.', 'One'],
  ['As in 1.5 and `a.b`, the first', 'As in 1.5 and `a.b`, the first'],
  ['', ''],
])('the first sentence of %p is %p', (text, first) => {
  expect(firstSentence(text)).toBe(first)
})
