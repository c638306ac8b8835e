import { expect, test } from 'bun:test'
import { openLogs } from '../logs/log-files.ts'
import type { RunApp } from './runfile.ts'
import { untilAnswers } from './watch-services.ts'

test('an app that is not well yet costs no sidecar, also once the circuit breaker answers for it', async () => {
  const killed: string[] = []
  const answers = ['app is not in a healthy state', 'circuit breaker is open', 'circuit breaker is open']
  using sidecar = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) => {
      if (new URL(url).pathname === '/v1.0/healthz') return new Response('ok')
      const text = answers.shift()
      return new Response(text, { status: text === undefined ? 200 : 500 })
    },
  })
  const app = { id: 'orders', healthPath: '/healthz', httpPort: sidecar.port } as RunApp
  await untilAnswers(app, undefined, {
    logs: openLogs('/nowhere'),
    supervisor: { kill: name => killed.push(name) },
    signal: new AbortController().signal,
    report: () => {},
    lostAfter: 0,
  })
  expect(killed).toEqual([])
  expect(answers).toEqual([])
})

test('a sidecar that is ready and leads nowhere is started afresh', async () => {
  const killed: string[] = []
  using sidecar = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) =>
      new URL(url).pathname === '/v1.0/healthz' || killed.length > 0
        ? new Response('ok')
        : new Response('failed to invoke, id: orders, err: no host found with the given ID', { status: 500 }),
  })
  const reports: string[] = []
  const app = { id: 'orders', healthPath: '/healthz', httpPort: sidecar.port } as RunApp
  await untilAnswers(app, undefined, {
    logs: openLogs('/nowhere'),
    supervisor: { kill: name => killed.push(name) },
    signal: new AbortController().signal,
    report: line => reports.push(line),
    lostAfter: 10,
  })
  expect(killed).toEqual(['orders.sidecar'])
  expect(reports).toHaveLength(1)
  expect(reports[0]).toMatch(/^orders: .*no host found with the given ID.*; its sidecar starts afresh$/)
})
