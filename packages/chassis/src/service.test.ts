import { expect, test } from 'bun:test'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'

/** Stands for the sidecar, which is ready at once, and for what a slow request waits for. */
function startGate() {
  const reached = Promise.withResolvers<void>()
  const open = Promise.withResolvers<void>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1.0/healthz/outbound': new Response(null, { status: 204 }),
      async '/gate'() {
        reached.resolve()
        await open.promise
        return new Response('done')
      },
    },
  })
  return {
    url: server.url.origin,
    reached: reached.promise,
    open: open.resolve,
    stop: () => server.stop(true),
  }
}

function freePort(): number {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = server
  server.stop(true)
  return port ?? 0
}

async function startSlowService() {
  const gate = startGate()
  const port = freePort()
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/../test/slow-service.ts`], {
    env: {
      ...process.env,
      APP_ID: 'slow',
      APP_PORT: String(port),
      DAPR_HTTP_ENDPOINT: gate.url,
      GATE: `${gate.url}/gate`,
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const messages: string[] = []
  const lines = createInterface({ input: Readable.fromWeb(child.stdout as never) })
  const changed = new EventTarget()
  lines.on('line', line => {
    messages.push(JSON.parse(line).msg)
    changed.dispatchEvent(new Event('line'))
  })

  async function logged(message: string): Promise<void> {
    while (!messages.includes(message)) await once(changed, 'line')
  }

  await logged('listening')
  return {
    child,
    gate,
    messages,
    logged,
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
      gate.stop()
    },
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets the request under way finish, then closes all',
  async signal => {
    await using service = await startSlowService()
    const { child, gate, messages, logged, url } = service
    expect(await (await fetch(`${url}/healthy`)).text()).toBe('true')

    const answer = fetch(`${url}/slow`)
    await gate.reached
    child.kill(signal)
    await logged('draining')
    child.kill(signal)
    gate.open()

    expect(await (await answer).text()).toBe('done')
    expect(await child.exited).toBe(0)
    expect(messages).toEqual(['listening', 'draining', 'second closed', 'first closed', 'stopped'])
  },
)

test('it takes no work while what it needs is away', async () => {
  await using service = await startSlowService()
  const healthy = async () => await (await fetch(`${service.url}/healthy`)).text()
  expect(await healthy()).toBe('true')
  await fetch(`${service.url}/lose`, { method: 'POST' })
  expect(await healthy()).toBe('false')
})

test('idle connections, such as those that daprd keeps, do not hold it up', async () => {
  await using service = await startSlowService()
  const socket = connect(service.port, '127.0.0.1')
  socket.write('GET /healthy HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'data')
  service.child.kill('SIGTERM')
  expect(await service.child.exited).toBe(0)
  socket.destroy()
})
