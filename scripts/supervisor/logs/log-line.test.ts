import { expect, test } from 'bun:test'
import { lineFormatter, readableLine } from './log-line.ts'

test('pino lines become time, message and the rest; the level only when it is no everyday one', () => {
  const line =
    '{"level":"error","time":"2026-01-02T03:04:05.678Z","service":"cart","msg":"lost","id":7,"trace":"ab"}'
  expect(readableLine(line)).toMatch(/^\d\d:\d\d:05\.678 error lost id=7 trace=ab$/)
  expect(readableLine('{"level":30,"time":1735787045678,"msg":"listening"}')).toMatch(
    /^\d\d:\d\d:05\.678 listening$/,
  )
})

test("etcd's lines have ts for the time; a line without any has none", () => {
  const line =
    '{"level":"warn","ts":"2026-01-02T03:04:05.678901Z","caller":"etcd.go:1","msg":"slow","took":"2s"}'
  expect(readableLine(line)).toMatch(/^\d\d:\d\d:05\.678 warn slow caller=etcd.go:1 took=2s$/)
  expect(readableLine('{"level":"info","msg":"up"}')).toBe('up')
})

test('lines of daprd keep time, message and scope', () => {
  const line =
    'time="2026-01-02T03:04:05.678901Z" level=warning msg="say \\"hi\\"" app_id=cart instance=vm scope=dapr.runtime type=log ver=1.18.2'
  expect(readableLine(line)).toMatch(/^\d\d:\d\d:05\.678 warning say "hi" runtime$/)
})

test.each(['error: Cannot find module', '{"not":"a log line"}', '{ broken', ''])(
  '%p stays as it is',
  line => {
    expect(readableLine(line)).toBe(line)
  },
)

test('prefixes line up, and colour is only there when asked for', () => {
  const parts = ['cart', 'cart.sidecar']
  expect(lineFormatter('cart', parts, false)('hello')).toBe('cart         hello')
  expect(lineFormatter('cart', parts, true)('hello')).toBe('\x1b[36mcart        \x1b[39m hello')
})
