import { describe, expect, test } from 'bun:test'
import { encodedPath, targetOf } from './invoke-target.ts'

describe('a target', () => {
  test.each([
    ['orders', 'orders', 'orders'],
    ['orders.production', 'orders.production', 'orders.production'],
    ['my app', 'my app', 'my%2520app'],
    ['a+b', 'a+b', 'a%252Bb'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'http%253A%252F%252F127.0.0.1%253A8080'],
    [
      'HTTPS://API.example.com/v2/',
      'https://api.example.com/v2',
      'https%253A%252F%252Fapi.example.com%252Fv2',
    ],
    ['https://a.b/method/x', 'https://a.b/method/x', 'https%253A%252F%252Fa.b%252Fmethod%252Fx'],
  ])('%s', (given, appId, name) => {
    expect(targetOf(given)).toEqual({ appId, prefix: `/v1.0/invoke/${name}/method` })
  })

  test.each([
    '',
    '.',
    '..',
    '\ud800',
    'a.b.c',
    'http://',
    'http://user@127.0.0.1',
    'http://user:password@127.0.0.1',
    'http://127.0.0.1/?a=b',
    'http://127.0.0.1/#a',
  ])('is none: %j', given => {
    expect(() => targetOf(given)).toThrow(TypeError)
  })
})

test.each([
  ['/orders/7', '/orders/7'],
  ['orders/7', '/orders/7'],
  ['', '/'],
  ['/a%2Fb%20c?q=%2F&r=ä#part', '/a%252Fb%2520c?q=%2F&r=%C3%A4'],
  ['/ä b', '/%25C3%25A4%2520b'],
  ['/100%', '/100%25'],
  ['//host/x', '//host/x'],
  ['/a/../../../b', '/b'],
  ['/a/%2e%2E/b', '/b'],
  ['/..%2f..', '/..%252f..'],
  ['http://host/x', '/http://host/x'],
  ['@host', '/@host'],
])('the path %s', (given, path) => {
  expect(encodedPath(given)).toBe(path)
})

test('a path that is no text', () => {
  expect(() => encodedPath('/\ud800')).toThrow(TypeError)
})
