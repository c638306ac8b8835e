import { expect, test } from 'bun:test'
import { isConnectedAnew, recoveries } from './refresh-sidecars.ts'

const away = 'level=warning msg="App entered un-healthy status: connection refused" app_id=orders'
const back = 'level=info msg="App entered healthy status" app_id=orders'
const other = 'level=info msg="app is subscribed to the following topics" app_id=orders'

test.each<[string, [string, number][], boolean[]]>([
  ['the first start', [[back, 1]], [false]],
  [
    'away and back, twice',
    [
      [away, 1],
      [other, 1],
      [back, 1],
      [away, 1],
      [back, 1],
    ],
    [false, false, true, false, true],
  ],
  [
    'a sidecar that was restarted meanwhile is fresh',
    [
      [away, 1],
      [back, 2],
      [back, 2],
    ],
    [false, false, false],
  ],
])('%s', (_, lines, expected) => {
  const isBack = recoveries()
  expect(lines.map(([line, pid]) => isBack(line, pid))).toEqual(expected)
})

test.each([
  [1, false],
  [2, true],
  [10, true],
])('connection number %p to RabbitMQ is one after it was away: %p', (count, expected) => {
  const line = `level=info msg="rabbitmq pub/sub: connected with connectionCount=${count}" app_id=orders`
  expect(isConnectedAnew(line)).toBe(expected)
})
