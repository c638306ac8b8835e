import { afterEach, expect, test } from 'bun:test'
import type { RunApp } from './runfile.ts'
import { whySilent } from './service-health.ts'
import { reportSilence } from './watch-services.ts'

let sidecar: Bun.Server<undefined> | undefined
afterEach(() => sidecar?.stop(true))

const app = { id: 'orders', healthPath: '/healthz', protocol: 'http' } as RunApp

/** A sidecar that says this of itself, and whose app is well. */
function sidecarSays(status: number, message = ''): RunApp {
  sidecar = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) =>
      new URL(url).pathname === '/v1.0/healthz'
        ? new Response(JSON.stringify({ errorCode: 'ERR_HEALTH_NOT_READY', message }), { status })
        : new Response('ok'),
  })
  return { ...app, httpPort: sidecar.port ?? 0 }
}

test.each([
  [true, 200, ''],
  [true, 500, 'dapr is not ready: [scheduler-watch-hosts]'],
  [false, 500, 'dapr is not ready: [scheduler-watch-hosts runtime]'],
  [false, 500, 'dapr is not ready: [grpc-api-server]'],
])('a service answers: %p, when its sidecar says %p %p', async (answers, status, message) => {
  const { signal } = new AbortController()
  const silent = await whySilent(sidecarSays(status, message), undefined, signal)
  expect(silent === undefined).toBe(answers)
  if (!answers) expect(silent?.why).toContain(message)
})

test.each([
  ['grpc', 501, true],
  ['grpc', 500, false],
  ['http', 501, false],
] as const)('an app that speaks %s is there when %d comes from it: %p', async (protocol, status, isThere) => {
  sidecar = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) =>
      new URL(url).pathname === '/v1.0/healthz'
        ? new Response()
        : new Response('unknown service', { status }),
  })
  const { signal } = new AbortController()
  const silent = await whySilent({ ...app, protocol, httpPort: sidecar.port ?? 0 }, undefined, signal)
  expect(silent === undefined).toBe(isThere)
})

test('silence is told once after five seconds, and so is its end', () => {
  let now = 0
  const reports: string[] = []
  const listen = reportSilence(line => reports.push(line), { now: () => now })
  const see = (answers: boolean, at: number) => {
    now = at
    listen(app, answers)
    return reports.splice(0)
  }
  expect(see(false, 0)).toEqual([])
  expect(see(false, 4900)).toEqual([])
  expect(see(false, 5500)).toEqual([
    'orders has not answered through its sidecar for 6 s (bun run logs orders)',
  ])
  expect(see(false, 9000)).toEqual([])
  expect(see(true, 9500)).toEqual(['orders answers through its sidecar again'])
  expect(see(true, 9600)).toEqual([])
})
