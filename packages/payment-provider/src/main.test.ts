import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chargeOf, key } from '../test/open-server.ts'

function freePort(): number {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = server
  server.stop(true)
  return port ?? 0
}

/** A provider in a process of its own, listening. */
async function start(folder: string, authorization = key, more: Record<string, string> = {}) {
  const port = freePort()
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`], {
    env: {
      ...process.env,
      PROVIDER_PORT: String(port),
      PROVIDER_KEY: authorization,
      PROVIDER_DATA: join(folder, 'data', 'provider.db'),
      ...more,
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  // The first thing that it says, or its end.
  const { value } = await child.stdout.getReader().read()
  const said = new TextDecoder().decode(value)

  async function post(reference: string): Promise<unknown> {
    const headers = { authorization: key, 'content-type': 'application/json', 'idempotency-key': reference }
    const body = JSON.stringify(chargeOf(reference))
    const answer = await fetch(`http://127.0.0.1:${port}/v1/charges`, { method: 'POST', headers, body })
    return await answer.json()
  }

  async function list(): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/charges`, { headers: { authorization: key } })
    return await answer.json()
  }

  return {
    child,
    said,
    post,
    list,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'payment-provider-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

test('what was answered is kept over SIGKILL, keys included', async () => {
  using folder = temporaryFolder()
  const answered: unknown[] = []
  {
    await using provider = await start(folder.path)
    expect(JSON.parse(provider.said)).toMatchObject({ msg: 'listening', host: '127.0.0.1' })
    // More are under way when it dies than have been answered.
    const under = Array.from({ length: 40 }, (_, number) =>
      provider.post(`order-${number}`).then(
        charge => void answered.push(charge),
        () => undefined,
      ),
    )
    await Promise.race(under)
    provider.child.kill('SIGKILL')
    await Promise.all(under)
  }
  expect(answered.length).toBeGreaterThan(0)

  await using provider = await start(folder.path)
  expect(await provider.list()).toEqual(expect.arrayContaining(answered))
  const { reference } = answered[0] as { reference: string }
  expect(await provider.post(reference)).toEqual(answered[0])
})

test('SIGTERM ends it', async () => {
  using folder = temporaryFolder()
  await using provider = await start(folder.path)
  provider.child.kill('SIGTERM')
  expect(await provider.child.exited).toBe(0)
})

test('it does not start with a key that no header can be', async () => {
  using folder = temporaryFolder()
  await using provider = await start(folder.path, 's3cret')
  expect(await provider.child.exited).toBe(1)
  const complaint = await new Response(provider.child.stderr).text()
  expect(complaint).toContain('PROVIDER_KEY')
  expect(complaint).not.toContain('s3cret')
})

test('it listens on loopback, unless another address is given', async () => {
  using folder = temporaryFolder()
  await using local = await start(folder.path)
  expect(JSON.parse(local.said)).toMatchObject({ msg: 'listening', host: '127.0.0.1' })
  await using open = await start(folder.path, key, { PROVIDER_HOST: '0.0.0.0' })
  expect(JSON.parse(open.said)).toMatchObject({ msg: 'listening', host: '0.0.0.0' })
  expect(await open.list()).toEqual(await local.list())
})
