import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { compiled } from './compiled.ts'

test('a schema is compiled once, and no other has its check', () => {
  const text = Type.String()
  expect(compiled(text)).toBe(compiled(text))
  expect([compiled(text).Check('a'), compiled(Type.Integer()).Check('a')]).toEqual([true, false])
})
