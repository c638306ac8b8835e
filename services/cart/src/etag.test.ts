import { expect, test } from 'bun:test'
import { putCart } from '@shop/cart-contract'
import { Value } from '@sinclair/typebox/value'
import { fromHttp, toHttp } from './etag.ts'

test('a bare ETag of Dapr comes back as it was', () => {
  expect(fromHttp(toHttp('b7a1-4c'))).toBe('b7a1-4c')
})

test.each(['7', '"', '""', '*', 'W/"7"', '"7", "8"', ''])(
  '%j is not one strong tag: the contract refuses it',
  etag => {
    expect(Value.Check(putCart.schemas.headers, { 'if-match': etag })).toBe(false)
  },
)
