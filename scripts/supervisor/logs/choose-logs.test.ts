import { expect, test } from 'bun:test'
import { chooseLogs } from './choose-logs.ts'

const parts = ['cart', 'cart.sidecar', 'orders', 'orders.sidecar', 'broker', 'orders.build']

test.each([
  [['cart'], ['cart', 'cart.sidecar']],
  [['cart.sidecar'], ['cart.sidecar']],
  [['broker,orders'], ['orders', 'orders.sidecar', 'broker', 'orders.build']],
  [
    ['broker', 'cart'],
    ['cart', 'cart.sidecar', 'broker'],
  ],
  [['all'], parts],
  [['none'], []],
])('%p shows %p', (wanted, shown) => {
  expect(chooseLogs(wanted, parts)).toEqual(shown)
})

test('an unknown name is an error that lists the known ones', () => {
  expect(() => chooseLogs(['payments'], parts)).toThrow(
    "There is no log of 'payments'. There is: cart, cart.sidecar, orders, orders.sidecar, broker, orders.build, all, none.",
  )
})
