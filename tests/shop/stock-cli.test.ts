import { expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runCommand, until } from './shop.ts'

// the first time, the CLI may have to be built
setDefaultTimeout(900_000)

test('infra and the stock CLI bring up the same shop from the same run file', async () => {
  // sidecars that the CLI starts run in the repository, so this takes one of its own: its ports are the fixed ones
  const root = copyOfRepository()
  const {
    GATEWAY_PORT: _,
    SHOP_HOME: __,
    SHOP_PORT_OFFSET: ___,
    ...env
  } = process.env as Record<string, string>
  const options = { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] }
  try {
    const infra = Bun.spawn([process.execPath, 'scripts/run.ts', 'infra', '--cli'], options)
    const output = await untilReady(infra.stdout)
    expect(output).toContain('dapr run -f dapr/dapr.yaml')
    const secrets = readFileSync(join(root, '.local/run/env'), 'utf8')
    expect(output).not.toContain(/DAPR_API_TOKEN='(.+)'/.exec(secrets)?.[1] ?? '?')

    const shell = '. .local/run/env; exec dapr run -f dapr/dapr.yaml > .local/logs/cli.log 2>&1'
    const cli = Bun.spawn(['/bin/sh', '-c', shell], options)
    await until('an order is placed', async () => (await placeOrder()) === 'confirmed', 90_000)
    cli.kill('SIGINT')
    expect(await cli.exited).toBe(0)

    expect(await runCommand(['stop'], env, root)).toMatchObject({
      code: 0,
      output: 'stopped; the data stays\n',
    })
    expect(await infra.exited).toBe(0)
    expect(existsSync(join(root, '.local/run'))).toBe(false)
  } finally {
    await runCommand(['stop'], env, root)
    rmSync(root, { recursive: true, force: true })
  }
})

/** The status that an order ends with, or that it has after 5 s; undefined while the shop does not take any. */
async function placeOrder(): Promise<string | undefined> {
  const placed = await fetch('http://127.0.0.1:8000/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 3, quantity: 1 }] }),
  }).catch(() => undefined)
  const location = placed?.status === 202 ? placed.headers.get('location') : null
  if (!location) return undefined
  let status = 'placed'
  const deadline = performance.now() + 5000
  while (status === 'placed' && performance.now() < deadline) {
    const order = await fetch(new URL(location, 'http://127.0.0.1:8000'))
    status = ((await order.json()) as { status: string }).status
  }
  return status
}

async function untilReady(stream: ReadableStream<Uint8Array>): Promise<string> {
  let output = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    output += decoder.decode(chunk, { stream: true })
    if (/^ready/m.test(output)) return output
  }
  throw new Error(`bun run infra ended:\n${output}`)
}

/** Every file that git knows or would add. */
function copyOfRepository(): string {
  const from = resolve(import.meta.dir, '../..')
  const to = mkdtempSync(join(tmpdir(), 'repository-'))
  const list = Bun.spawnSync(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: from,
  })
  for (const file of list.stdout.toString().split('\0')) {
    if (file === '' || !existsSync(join(from, file))) continue
    cpSync(join(from, file), join(to, file), { recursive: true })
  }
  return to
}
