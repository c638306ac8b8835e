import { expect, test } from 'bun:test'
import { isJsonType } from './json-type.ts'

test.each([
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'APPLICATION/JSON ;charset="UTF-8"',
  'application/vnd.shop.order+json',
  'application/problem+JSON',
  'model/gltf+json',
])('%p is JSON', type => {
  expect(isJsonType(type)).toBe(true)
})

test.each([
  null,
  '',
  'json',
  '+json',
  'application/+json',
  'application/jsonp',
  'application/json-seq',
  'text/json',
  'text/plain',
  'text/plain; a=application/json',
  'application/vnd.x+json+xml',
  'application/x-www-form-urlencoded',
])('%p is not', type => {
  expect(isJsonType(type)).toBe(false)
})
