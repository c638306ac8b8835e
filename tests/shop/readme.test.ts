import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readInstance } from '../../scripts/supervisor/session/instance.ts'
import { takenPorts } from '../../scripts/supervisor/shop/ports.ts'
import { readRunFile } from '../../scripts/supervisor/shop/runfile.ts'
import { portsOfApp } from '../../scripts/supervisor/shop/service-parts.ts'
import { freshClone } from './clone.ts'
import { until } from './shop.ts'

setDefaultTimeout(1_200_000)

const root = resolve(import.meta.dir, '../..')
const gateway = 'http://127.0.0.1:8000'

// What a person runs on a machine of their own, at the ports that the README names.
const environment = { ...process.env, NO_COLOR: '1' } as Record<string, string>
for (const name of ['SHOP_HOME', 'SHOP_PORT_OFFSET', 'GATEWAY_PORT']) delete environment[name]

const ports = (await readRunFile(readInstance({ root, env: environment }))).flatMap(portsOfApp)
const taken = await takenPorts([...ports, { port: 50001, use: 'sentry' }])
const why = taken.length > 0 ? ` (needs port ${taken[0]?.port}, which is taken)` : ''

const clone = freshClone()
const running: Bun.Subprocess[] = []

afterAll(async () => {
  for (const child of running) {
    child.kill('SIGTERM')
    await child.exited
  }
  clone[Symbol.dispose]()
})

const commands = {
  start: 'npx -y bun start',
  ask: 'curl http://127.0.0.1:8000/products/11',
  demo: 'npx -y bun run demo',
  stop: 'npx -y bun run stop',
  // runs this very test
  test: 'npx -y bun run test',
  // the swap layer of `bun run test` runs it
  swap: 'npx -y bun run test:swap redis',
  infra: 'npx -y bun run infra --cli',
  dapr: 'source .local/run/env\ndapr run -f dapr/dapr.yaml',
}

test('the README shows these commands and no others', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, block]) => block)
  expect(blocks).toEqual(Object.values(commands))
})

test.skipIf(why !== '')(`a fresh clone, the README to the letter${why}`, async () => {
  const shop = begin(commands.start)
  await until('the shop is ready', () => isReady(shop), 600_000)
  expect(shop.output().trimEnd().split('\n').at(-1)).toStartWith('ready')

  const asked = await finish(commands.ask)
  expect(JSON.parse(asked.output)).toMatchObject({ id: 11, name: 'Queso Cabrales' })
  const demo = await finish(commands.demo)
  expect(demo).toMatchObject({ code: 0, output: expect.stringContaining('the books balance') })
  expect(await finish(commands.stop)).toMatchObject({ code: 0 })
  expect(await shop.child.exited).toBe(0)
  expect(await takenPorts(ports)).toEqual([])
})

test.skipIf(why !== '')(`the same shop by the stock Dapr CLI${why}`, async () => {
  const infra = begin(commands.infra)
  await until('the infrastructure is ready', () => isReady(infra), 600_000)
  const env = readFileSync(join(clone.path, '.local/run/env'), 'utf8')
  expect(infra.output()).not.toContain(/DAPR_API_TOKEN='(.+)'/.exec(env)?.[1] ?? 'no token')
  const cli = begin(commands.dapr)
  await until('the CLI brings the shop up', async () => alive(cli) && (await isUp()), 120_000)

  // It starts one app after the other: orders comes after the gateway.
  const key = crypto.randomUUID()
  let id = ''
  await until('an order is taken', async () => {
    const answer = await placeOrder(key)
    id = answer.id ?? ''
    return alive(cli) && id !== ''
  })
  await until('the order is confirmed', async () => {
    const answer = await fetch(`${gateway}/orders/${id}`)
    return ((await answer.json()) as { status: string }).status === 'confirmed'
  })

  cli.child.kill('SIGINT')
  await cli.child.exited
  expect(await finish(commands.stop)).toMatchObject({ code: 0 })
  expect(await infra.child.exited).toBe(0)
  await until('every port is free again', async () => (await takenPorts(ports)).length === 0)
})

async function placeOrder(key: string): Promise<{ id?: string }> {
  const answer = await fetch(`${gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
  return (await answer.json()) as { id?: string }
}

interface Started {
  child: Bun.Subprocess
  output: () => string
}

/** `exec`, so that a signal reaches the command and not a shell in front of it. */
function begin(command: string): Started {
  const lines = command.split('\n')
  const script = [...lines.slice(0, -1), `exec ${lines.at(-1)}`].join('\n')
  const child = Bun.spawn(['bash', '-c', script], {
    cwd: clone.path,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let output = ''
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true })
  }
  read(child.stdout)
  read(child.stderr)
  return { child, output: () => output }
}

async function finish(command: string): Promise<{ code: number; output: string }> {
  const child = Bun.spawn(['bash', '-c', command], {
    cwd: clone.path,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await new Response(child.stdout).text()
  return { code: await child.exited, output }
}

function isReady(started: Started): boolean {
  return alive(started) && /^ready/m.test(started.output())
}

function alive({ child, output }: Started): boolean {
  if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}:\n${output()}`)
  return true
}

async function isUp(): Promise<boolean> {
  const answer = await fetch(`${gateway}/products`).catch(() => undefined)
  return answer?.ok === true && ((await answer.json()) as unknown[]).length === 77
}
