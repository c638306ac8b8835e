import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { endpoint, problem } from './contract.ts'

test('an endpoint answers 200 with a response schema, 204 without, or what it says', () => {
  const response = Type.Object({})
  expect(endpoint({ method: 'GET', path: '/', response }).status).toBe(200)
  expect(endpoint({ method: 'DELETE', path: '/' }).status).toBe(204)
  expect(endpoint({ method: 'POST', path: '/', response, status: 202 }).status).toBe(202)
})

test('schemas are apart from what describes the operation', () => {
  const params = Type.Object({ id: Type.String() })
  expect(endpoint({ method: 'GET', path: '/:id', params }).schemas as object).toEqual({ params })
})

test.each(['/items/:id?', '/files/*', '/items?all=true', '/items#top'])(
  'no endpoint has the path %s',
  path => {
    expect(() => endpoint({ method: 'GET', path } as never)).toThrow(TypeError)
  },
)

test('a problem has one of the given codes', () => {
  const document = { type: 'about:blank', title: 'Gone', status: 404 }
  const schema = problem('order-unknown', 'order-hidden')
  expect(Value.Check(schema, { ...document, code: 'order-hidden' })).toBe(true)
  expect(Value.Check(schema, { ...document, code: 'not-found' })).toBe(false)
  expect(Value.Check(schema, { errorCode: 'ERR_DIRECT_INVOKE' })).toBe(false)
})
