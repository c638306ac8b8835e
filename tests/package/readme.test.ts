import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DaprdOptions } from '../../packages/elysia-dapr/src/testing/index.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { obtainForTests } from '../conformance/binaries.ts'
import { component, daprd, startControlPlane } from '../conformance/environment.ts'
import { lacking, needs } from './needs.ts'
import { type Built, build, run, succeed, typeErrors } from './project.ts'
import { blocksOf, blockWith, fileOf, readme, writeBlocks } from './readme-blocks.ts'

setDefaultTimeout(120_000)

const { paths } = await obtainForTests(['daprd'], { report: () => undefined })
const [port = 0] = await freePorts(1)
const pubsub = component('pubsub', 'pubsub.in-memory')
const nodeTest = needs('node')
const curlTest = needs('node', 'bash', 'curl')
const opensslTest = needs('node', 'openssl')
let built: Built
let project: string

beforeAll(async () => {
  // The compiler runs on it.
  if (lacking('node')) return
  built = await build()
  project = built.project
  await writeBlocks(built, port)
})

afterAll(() => built?.[Symbol.asyncDispose]())

nodeTest('every TypeScript block type-checks', async () => {
  expect((await readdir(project)).filter(name => name.endsWith('.ts')).length).toBeGreaterThan(20)
  expect(await typeErrors(project, { outDir: 'out', skipLibCheck: true })).toEqual([])
})

curlTest('the first example does what it says', async () => {
  const [, start = '', ask = ''] = blocksOf('sh')
  const [, command = ''] = start.split(' -- bun ')
  await using app = await besideDaprd([process.execPath, ...command.trim().split(' ')])
  const asked = await run(['bash', '-c', ask.replace('3000', `${port}`)], project)
  expect(asked.output).toContain('202 Accepted')
  expect(await app.firstLine).toBe('order 7: 2 units')
  expect(readme).toContain('`order 7: 2 units`')
  const wrong = ask.replace('3000', `${port}`).replace(',"units":2', '')
  expect((await run(['bash', '-c', wrong], project)).output).toContain('422')
})

nodeTest('the example for Node gets an event', async () => {
  const file = fileOf(blockWith("from '@elysiajs/node'"))
  await using app = await besideDaprd(['node', `out/${file.replace('.ts', '.js')}`])
  await succeed([process.execPath, fileOf(blockWith('publishBulk('))], project, app.env)
  expect(['7', '8', '9']).toContain(await app.firstLine)
})

describe.each(['bun', 'node'])('on %s', runtime => {
  const runBlock = async (text: string, options: DaprdOptions = {}) => {
    await using sidecar = await daprd(options)
    const file = fileOf(blockWith(text))
    const command =
      runtime === 'bun' ? [process.execPath, file] : ['node', `out/${file.replace('.ts', '.js')}`]
    return await succeed(command, project, environmentOf(sidecar))
  }

  nodeTest('publishing', async () => {
    expect(await runBlock('publishBulk(', { resources: [pubsub] })).toBe('')
    expect(await runBlock('waitForSidecar(', { resources: [pubsub] })).toBe('')
  })

  nodeTest('state', async () => {
    expect(await runBlock('stateStore(', { resources: [component('statestore', 'state.in-memory')] })).toBe(
      '1\n',
    )
  })

  nodeTest('secrets', async () => {
    const secretsFile = join(project, 'secrets.json')
    await Bun.write(secretsFile, '{"database-password":"hunter2"}')
    const resources = [component('secrets', 'secretstores.local.file', { secretsFile })]
    expect(await runBlock('getSecret(', { resources })).toMatch(/^7 \[ ["']database-password["'] \]\n$/)
  })

  opensslTest('encryption', async () => {
    const path = join(project, 'keys')
    const key = ['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out']
    await succeed(['mkdir', '-p', path], project)
    await succeed([...key, join(path, 'cards')], project)
    const resources = [component('vault', 'crypto.dapr.localstorage', { path })]
    expect(await runBlock('encrypt(', { resources })).toBe('4111 1111 1111 1111\n')
  })

  nodeTest('a workflow', async () => {
    await using plane = await startControlPlane()
    const store = component('statestore', 'state.in-memory', { actorStateStore: true })
    const { placement, scheduler } = plane
    expect(await runBlock('startWorker(', { resources: [store], placement, scheduler })).toBe('paid 500\n')
  })
})

for (const name of ['app.test.ts', 'daprd.test.ts']) {
  nodeTest(`the test ${name} passes`, async () => {
    const env = { DAPRD_PATH: paths.daprd, APP_API_TOKEN: '' }
    expect(await succeed([process.execPath, 'test', `./${name}`], project, env)).toContain('1 pass')
  })
}

test('its links lead into the documentation of Dapr and Elysia alone', () => {
  const hosts = [...readme.matchAll(/\]\(https?:\/\/([^/)]+)/g)].map(([, host]) => host ?? '')
  expect([...new Set(hosts)].sort()).toEqual(['dapr.io', 'docs.dapr.io', 'elysiajs.com'])
})

/** What the Dapr CLI tells a program. */
function environmentOf({ ports, apiToken }: { ports: { http: number; grpc: number }; apiToken: string }) {
  return {
    DAPR_HTTP_PORT: `${ports.http}`,
    DAPR_GRPC_PORT: `${ports.grpc}`,
    DAPR_API_TOKEN: apiToken,
    APP_API_TOKEN: '',
  }
}

/** Runs an app that listens on `port` as `dapr run` would. */
async function besideDaprd(command: string[]) {
  await using cleanup = new AsyncDisposableStack()
  const line = Promise.withResolvers<string>()
  let env: Record<string, string> = {}
  const start = async (sidecar: Parameters<typeof environmentOf>[0]) => {
    env = environmentOf(sidecar)
    const stdio = ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit']
    const child = Bun.spawn(command, { cwd: project, env: { ...process.env, ...env }, stdio })
    cleanup.defer(async () => {
      child.kill()
      await child.exited
    })
    let output = ''
    const sink = new WritableStream<string>({
      write(text) {
        output += text
        if (output.includes('\n')) line.resolve(output.split('\n', 1)[0] ?? '')
      },
    })
    void child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(sink)
    return { port }
  }
  const sidecar = await daprd({ app: start as never, appId: 'shop', appToken: '', resources: [pubsub] })
  cleanup.use(sidecar)
  const kept = cleanup.move()
  return { env, firstLine: line.promise, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
