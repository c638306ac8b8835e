import { afterAll, beforeAll, describe, expect, setDefaultTimeout } from 'bun:test'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { lacking, needs } from './needs.ts'
import { type Built, build, nodeTypes, pack, pinned, run, succeed, tool, typeErrors } from './project.ts'

setDefaultTimeout(120_000)

const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
const appToken = crypto.randomUUID()
const test = needs('npm', 'node')
let built: Built
let tarball: string
let project: string
const fixture = join(import.meta.dir, 'fixture')

beforeAll(async () => {
  if (lacking('npm', 'node')) return
  built = await build()
  tarball = await pack(built)
  project = built.project
  await Bun.write(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await install(`elysia@${await pinned('elysia')}`, `@sinclair/typebox@${await pinned('@sinclair/typebox')}`)
})

afterAll(() => built?.[Symbol.asyncDispose]())

async function install(...packages: string[]): Promise<void> {
  await succeed(['npm', 'install', ...quiet, ...packages], project)
}

async function installed(): Promise<string[]> {
  const { packages } = await Bun.file(join(project, 'node_modules/.package-lock.json')).json()
  return Object.keys(packages)
}

test('installs with its peers and nothing else', async () => {
  const before = await installed()
  await install(tarball)
  const added = (await installed()).filter(name => !before.includes(name))
  expect(added).toEqual(['node_modules/elysia-dapr'])
  const { dependencies, devDependencies } = await Bun.file(join(built.dist, 'package.json')).json()
  expect([dependencies, devDependencies]).toEqual([undefined, undefined])
})

test('holds no test, no TypeScript source and no name of the workspace', async () => {
  const files = await readdir(join(project, 'node_modules/elysia-dapr'), { recursive: true })
  expect(files).toContain('README.md')
  expect(files).toContain('LICENSE')
  expect(files.filter(file => /\.test|(?<!\.d)\.ts$/.test(file))).toEqual([])
  for (const file of files.filter(file => /\.(js|ts|json)$/.test(file))) {
    const text = await Bun.file(join(project, 'node_modules/elysia-dapr', file)).text()
    const foreign = /catalog:|workspace:|^(?!\s*\*).*from ["']\.[^"']*\.ts["']/m
    expect([file, foreign.exec(text)?.[0]]).toEqual([file, undefined])
  }
})

for (const [name, ...options] of [
  ['publint', '--strict'],
  ['attw', '--profile', 'esm-only', '--format', 'ascii'],
] as const) {
  test(`${name} finds nothing wrong`, async () => {
    const { code, output } = await run(tool(name, ...options, tarball), project)
    if (code !== 0) throw new Error(output)
  })
}

describe('an app', () => {
  beforeAll(async () => {
    if (built) await cp(fixture, project, { recursive: true })
  })

  test('type-checks, and so do the declarations that it reads', async () => {
    expect(await typeErrors(project, { noEmit: true, skipLibCheck: false })).toEqual([])
  })

  test('does so without the types of Bun, and a contract without those of Node', async () => {
    const options = { noEmit: true, skipLibCheck: false }
    expect(await typeErrors(project, { ...options, types: nodeTypes })).toEqual([])
    await Bun.write(join(project, 'contract.ts'), "export * from 'elysia-dapr/contract'\n")
    expect(await typeErrors(project, { ...options, types: [], lib: ['ES2022'] }, ['contract.ts'])).toEqual([])
  })

  test('runs on Bun', async () => {
    expect(await behaviour([process.execPath, 'main.bun.ts'])).toEqual(expected)
  })

  test('runs on Node', async () => {
    await install(`@elysiajs/node@${await pinned('@elysiajs/node')}`)
    await Bun.write(join(project, 'main.node.ts'), nodeMain)
    expect(await typeErrors(project, { outDir: 'out', skipLibCheck: true })).toEqual([])
    expect(await behaviour(['node', 'out/main.node.js'])).toEqual(expected)
  })

  test('has a fake daprd for its tests', async () => {
    const { code, output } = await run([process.execPath, 'fake.ts'], project, { APP_API_TOKEN: '' })
    expect([code, output]).toEqual([0, expect.stringMatching(/^SUCCESS\nDROP\n/)])
  })

  test('bundles without the optional packages', async () => {
    const entries = ['main.bun.ts', 'fake.ts']
    const { code, output } = await run(
      [process.execPath, 'build', ...entries, '--target=bun', '--minify', '--outdir=bundle'],
      project,
    )
    if (code !== 0) throw new Error(output)
    expect(await behaviour([process.execPath, 'bundle/main.bun.js'])).toEqual(expected)
  })
})

// What the library adds to a bundle, minified and without its peers, and the same gzipped.
for (const [entry, most, compressed] of [
  ['elysia-dapr', 50_000, 19_000],
  ['elysia-dapr/contract', 1_200, 700],
  ['elysia-dapr/workflow', 32_000, 13_000],
  ['elysia-dapr/testing', 20_000, 9_000],
] as const) {
  test(`${entry} bundles without any other package, to less than ${most} bytes, ${compressed} gzipped`, async () => {
    await Bun.write(join(project, 'entry.ts'), `export * from '${entry}'\n`)
    const external = ['--external=elysia', '--external=@sinclair/typebox']
    const options = ['--target=bun', '--minify', '--outfile=entry.js', ...external]
    await succeed([process.execPath, 'build', 'entry.ts', ...options], project)
    const bundle = await Bun.file(join(project, 'entry.js')).bytes()
    expect(bundle.byteLength).toBeLessThan(most)
    expect(gzipSync(bundle).byteLength).toBeLessThan(compressed)
  })
}

test('a contract needs no Elysia', async () => {
  const other = join(built.project, '../contract')
  for (const name of ['elysia-dapr', '@sinclair/typebox']) {
    await cp(join(project, 'node_modules', name), join(other, 'node_modules', name), { recursive: true })
  }
  const script = "import { topic } from 'elysia-dapr/contract'; console.log(topic('a', 'b', {}).name)"
  await Bun.write(join(other, 'main.mjs'), script)
  for (const runtime of [process.execPath, 'node']) {
    expect(await run([runtime, 'main.mjs'], other)).toEqual({ code: 0, output: 'b\n' })
  }
})

test('an entry says which package it lacks', async () => {
  await Bun.write(join(project, 'eden.mjs'), "import 'elysia-dapr/eden'")
  for (const runtime of [process.execPath, 'node']) {
    const { code, output } = await run([runtime, 'eden.mjs'], project)
    expect(code).toBe(1)
    expect(output).toMatch(/Cannot find (package|module) '@elysiajs\/eden'/)
  }
})

const nodeMain = `import { node } from '@elysiajs/node'
import { createApp } from './app.ts'
const port = Number(process.env.PORT)
createApp({ adapter: node() }).listen({ hostname: '127.0.0.1', port }, () => console.log(port))
`

const expected = {
  subscriptions: [
    { pubsubname: 'pubsub', topic: 'order-placed', routes: { default: '/events/pubsub/order-placed' } },
  ],
  stranger: 401,
  health: 204,
  delivered: { status: 'SUCCESS' },
  invalid: { status: 'DROP' },
  order: { id: 1, units: 2 },
  remote: { id: 9, units: 3 },
}

/** Starts an app beside what answers for its sidecar, and asks it over HTTP what daprd and its callers would. */
async function behaviour(command: string[]) {
  using sidecar = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ url }) =>
      new URL(url).pathname === '/v1.0/invoke/warehouse/method/orders/9'
        ? Response.json({ id: 9, units: 3 })
        : new Response(null, { status: 404 }),
  })
  // The Node adapter does not say which port it got.
  const [port] = await freePorts(1)
  const own = { DAPR_HTTP_ENDPOINT: sidecar.url.origin, APP_API_TOKEN: appToken, PORT: `${port}` }
  const env = { ...process.env, ...own }
  const child = Bun.spawn(command, { cwd: project, env, stdout: 'pipe', stderr: 'inherit' })
  try {
    const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read()
    const url = `http://127.0.0.1:${Number(value)}`
    // The Node adapter says so before it listens.
    while (!(await fetch(`${url}/healthz`).catch(() => undefined)) && child.exitCode === null)
      await Bun.sleep(10)
    const headers = { 'dapr-api-token': appToken }
    const get = async (path: string) => await (await fetch(url + path, { headers })).json()
    const deliver = async (data: unknown) => {
      const attributes = { id: '1', source: 'shop', type: 'order-placed', specversion: '1.0' }
      const body = JSON.stringify({ ...attributes, topic: 'order-placed', pubsubname: 'pubsub', data })
      const type = { 'content-type': 'application/cloudevents+json' }
      const init = { method: 'POST', headers: { ...headers, ...type }, body }
      return await (await fetch(`${url}/events/pubsub/order-placed`, init)).json()
    }
    return {
      subscriptions: await get('/dapr/subscribe'),
      stranger: (await fetch(`${url}/dapr/subscribe`)).status,
      health: (await fetch(`${url}/healthz`)).status,
      delivered: await deliver({ id: 1, units: 2 }),
      invalid: await deliver({ id: 1, units: '2' }),
      order: await get('/orders/1'),
      remote: await get('/remote'),
    }
  } finally {
    child.kill()
    await child.exited
  }
}
