import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { fixtureTree } from './check/fixture.ts'

test('a command reaches the shop of this machine although the environment names a proxy', async () => {
  using gateway = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response('', { status: 503 }),
  })
  await using home = await fixtureTree({})
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'demo'], {
    cwd: resolve(import.meta.dir, '..'),
    env: {
      ...process.env,
      SHOP_HOME: home.root,
      GATEWAY_PORT: String(gateway.port),
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      NO_PROXY: '',
      no_proxy: '',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  expect(await child.stderr.text()).toContain('is not ready: it answered 503')
  expect(await child.exited).toBe(1)
})
