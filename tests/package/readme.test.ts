import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { component, type Daprd, daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { obtainForTests } from '../conformance/binaries.ts'
import { type Packed, pack, run, typeErrors } from './project.ts'

setDefaultTimeout(120_000)

const library = resolve(import.meta.dir, '../../packages/elysia-dapr')
const readme = await Bun.file(join(library, 'README.md')).text()
const { paths } = await obtainForTests(['daprd'], { report: () => undefined })
const [port = 0] = await freePorts(1)

let packed: Packed
let project: string

beforeAll(async () => {
  packed = await pack()
  project = packed.project
  await linkPackages()
  for (const [index, block] of blocksOf('ts').entries()) {
    const name = /^\/\/ (\S+\.ts)$/m.exec(block.split('\n', 1)[0] ?? '')?.[1] ?? `block-${index}.ts`
    // A module, also when it imports nothing; the README's port may be taken.
    await Bun.write(join(project, name), block.replace('listen(3000)', `listen(${port})`))
  }
})

afterAll(() => packed?.[Symbol.asyncDispose]())

test('every TypeScript block type-checks', async () => {
  expect((await readdir(project)).filter(name => name.endsWith('.ts')).length).toBeGreaterThan(20)
  expect(await typeErrors(project, { noEmit: true, skipLibCheck: true })).toEqual([])
})

test('the first example does what it says', async () => {
  const [, start = '', ask = ''] = blocksOf('sh')
  const command = start.split(' -- ')[1]?.trim().split(' ') ?? []
  let output = ''
  const child = Promise.withResolvers<Bun.Subprocess>()
  const app = async ({ ports, apiToken }: Daprd) => {
    const own = { DAPR_HTTP_PORT: `${ports.http}`, DAPR_API_TOKEN: apiToken, APP_API_TOKEN: '' }
    const [program = '', ...args] = command
    expect(program).toBe('bun')
    const started = Bun.spawn([process.execPath, ...args], {
      cwd: project,
      env: { ...process.env, ...own },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.resolve(started)
    void started.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(text) {
          output += text
        },
      }),
    )
    return { port }
  }
  const resources = [component('pubsub', 'pubsub.in-memory')]
  const started = await daprd({
    app: app as never,
    appId: 'shop',
    binary: paths.daprd,
    appToken: '',
    resources,
  })
  try {
    const asked = await run(['bash', '-c', ask.replace('3000', `${port}`)], project)
    expect(asked.output).toContain('202')
    while (!output.includes('\n')) await Bun.sleep(10)
    expect(output).toBe('order 7: 2 units\n')
    expect(readme).toContain('`order 7: 2 units`')
    const refused = await run(
      ['bash', '-c', ask.replace('3000', `${port}`).replace(',"units":2', '')],
      project,
    )
    expect(refused.output).toContain('422')
  } finally {
    await started[Symbol.asyncDispose]()
    const process = await child.promise
    process.kill()
    await process.exited
  }
})

test.each(['app.test.ts', 'daprd.test.ts'])('the test %s passes', async name => {
  const env = { DAPRD_PATH: paths.daprd, APP_API_TOKEN: '' }
  const { code, output } = await run([process.execPath, 'test', `./${name}`], project, env)
  if (code !== 0) throw new Error(output)
  expect(output).toContain('1 pass')
})

test('its links lead into the documentation of Dapr and Elysia alone', () => {
  const hosts = [...readme.matchAll(/\]\(https?:\/\/([^/)]+)/g)].map(([, host]) => host ?? '')
  expect([...new Set(hosts)].sort()).toEqual(['dapr.io', 'docs.dapr.io', 'elysiajs.com'])
})

/** The code blocks of a language. */
function blocksOf(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)\\n\`\`\`$`, 'gms')
  return [...readme.matchAll(pattern)].map(([, block = '']) => `${block}\n`)
}

/** The built package, and what the workspace has for it. */
async function linkPackages(): Promise<void> {
  const modules = join(project, 'node_modules')
  for (const name of ['elysia', '@sinclair/typebox', '@elysiajs/eden', '@elysiajs/node']) {
    const link = join(modules, name)
    await mkdir(join(link, '..'), { recursive: true })
    await symlink(join(library, 'node_modules', name), link)
  }
  await cp(packed.dist, join(modules, 'elysia-dapr'), { recursive: true })
  await Bun.write(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
}
