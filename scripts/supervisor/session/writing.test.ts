import { expect, test } from 'bun:test'
import { existsSync, openSync, writeSync } from 'node:fs'
import { ShopError } from '../shop-error.ts'
import { writing } from './writing.ts'

test.skipIf(!existsSync('/dev/full'))('a full disk is no crash', () => {
  const full = openSync('/dev/full', 'w')
  const write = () => writing('/home/shop/.local/run/env', () => writeSync(full, 'x'))
  expect(write).toThrow(ShopError)
  expect(write).toThrow('Cannot write /home/shop/.local/run/env: the disk is full. Free some space')
})

test('what the person cannot mend stays as it is', () => {
  const mistake = new TypeError('not a function')
  expect(() =>
    writing('file', () => {
      throw mistake
    }),
  ).toThrow(mistake)
  expect(writing('file', () => 1)).toBe(1)
})
