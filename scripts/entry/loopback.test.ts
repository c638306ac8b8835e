import { expect, test } from 'bun:test'
import { bypassProxyForLoopback } from './loopback.ts'

test('adds loopback to what either spelling names', () => {
  const env: Record<string, string> = { NO_PROXY: 'a.example, localhost', no_proxy: '.corp' }
  bypassProxyForLoopback(env)
  expect(env).toEqual({
    NO_PROXY: 'a.example,localhost,.corp,127.0.0.1,::1',
    no_proxy: 'a.example,localhost,.corp,127.0.0.1,::1',
  })
})

test.each(['127.0.0.1', '::1'])('behind a proxy, a program at %s is still reached', async hostname => {
  using server = Bun.serve({ hostname, port: 0, fetch: () => new Response('reached') })
  const script = `console.log(await fetch('${server.url}').then(reply => reply.text(), error => error.code))`
  const proxied = { ...process.env, HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' }
  const env: Record<string, string | undefined> = { ...proxied, NO_PROXY: undefined, no_proxy: undefined }
  const ask = async () => {
    const child = Bun.spawn([process.execPath, '-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    return (await child.stdout.text()).trim()
  }
  expect(await ask()).toBe('ECONNREFUSED')
  bypassProxyForLoopback(env)
  expect(await ask()).toBe('reached')
})
