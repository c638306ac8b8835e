import { expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fixtureTree } from './check/fixture.ts'

const root = resolve(import.meta.dir, '..')

test('a command reaches the shop of this machine although the environment names a proxy', async () => {
  using gateway = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response('', { status: 503 }),
  })
  await using home = await fixtureTree({})
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'demo'], {
    cwd: root,
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

const local = (name: string) => `{"name":"${name}","version":"${Bun.version}","type":"module"}`

const clone = {
  'package.json': JSON.stringify({
    private: true,
    workspaces: { packages: ['services/*'] },
    devDependencies: { bun: Bun.version, said: 'file:./said' },
    overrides: { bun: 'file:./bun' },
  }),
  'bunfig.toml': '[install]\nlinker = "isolated"\n',
  'bun/package.json': local('bun'),
  'said/package.json': local('said'),
  'said/index.js': "export const said = 'it says'",
  'scripts/cli.ts': `import { said } from 'said'\nexport const main = async words => console.log(said, ...words)`,
}

test('the first command in a clone finds what it has installed, also below a folder with a node_modules', async () => {
  await using above = await fixtureTree({ 'node_modules/.keep': '' })
  const folder = join(above.root, 'clone')
  for (const [path, text] of Object.entries(clone)) await Bun.write(join(folder, path), text)
  for (const path of ['scripts/run.ts', 'scripts/entry', 'dapr/install/lock.ts'])
    await cp(join(root, path), join(folder, path), { recursive: true })
  expect(await bunIn(folder, 'install', '--lockfile-only')).toMatchObject({ code: 0 })
  for (const errors of [/installed the locked dependencies/, /^$/]) {
    const ran = await bunIn(folder, 'scripts/run.ts', 'two', 'words')
    expect(ran).toEqual({ code: 0, output: 'it says two words\n', errors: expect.stringMatching(errors) })
  }
})

async function bunIn(cwd: string, ...args: string[]) {
  const child = Bun.spawn([process.execPath, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, output, errors }
}
