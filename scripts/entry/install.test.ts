import { expect, test } from 'bun:test'
import { chmod } from 'node:fs/promises'
import { fixtureTree } from '../check/fixture.ts'
import { stateOf } from './install.ts'

const files = {
  'bun.lock': '{}',
  'bunfig.toml': '',
  'package.json': '{}',
  'services/cart/package.json': '{}',
  'services/cart/contract/package.json': '{}',
}
const workspaces = ['services/*', 'services/*/contract']

test.each(Object.keys(files))('a change of %s asks for a new installation', async file => {
  await using tree = await fixtureTree(files)
  const before = await stateOf(tree.root, workspaces)
  expect(await stateOf(tree.root, workspaces)).toBe(before)
  await Bun.write(`${tree.root}/${file}`, '{"changed":true}')
  expect(await stateOf(tree.root, workspaces)).not.toBe(before)
})

/** A tree whose `bun install` is this shell script; each call begins a command there, as run.ts does. */
async function treeWith(install: string) {
  const tree = await fixtureTree({ ...files, 'fake-bun': `#!/bin/sh\necho ran >> runs\n${install}\n` })
  await chmod(`${tree.root}/fake-bun`, 0o755)
  const script = `
    const { installLocked } = await import('./install.ts')
    await installLocked(process.argv[1], ${JSON.stringify(workspaces)}, { bun: process.argv[1] + '/fake-bun' })
    process.stderr.write('goes on\\n')`
  const begin = () =>
    Bun.spawn([process.execPath, '-e', script, tree.root], {
      cwd: import.meta.dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  const runs = async () => (await Bun.file(`${tree.root}/runs`).text()).split('\n').length - 1
  return Object.assign(tree, { begin, runs })
}

test('of two commands that begin at once, one installs and both go on', async () => {
  await using tree = await treeWith('while [ ! -e go ]; do sleep 0.02; done')
  const children = [tree.begin(), tree.begin()]
  const texts = Promise.all(children.map(child => child.stderr.text()))
  while (!(await Bun.file(`${tree.root}/runs`).exists())) await Bun.sleep(10)
  await Bun.write(`${tree.root}/go`, '')
  for (const text of await texts) expect(text).toEndWith('goes on\n')
  expect(await tree.runs()).toBe(1)

  expect(await tree.begin().stderr.text()).toBe('goes on\n')
  expect(await tree.runs()).toBe(1)
})

test('a failure ends the command with advice, and the next one installs again', async () => {
  await using tree = await treeWith('echo "error: lockfile had changes, but lockfile is frozen" >&2; exit 1')
  const child = tree.begin()
  const text = await child.stderr.text()
  expect(text).toContain('lockfile had changes')
  expect(text).toContain('commit bun.lock')
  expect(text).not.toContain('goes on')
  expect(await child.exited).toBe(1)
  await tree.begin().exited
  expect(await tree.runs()).toBe(2)
})

// Without its folder it ends by itself, whatever became of the signal.
const untilTerminated = 'while [ -e runs ]; do sleep 0.02; done'

test('a signal reaches the installation and ends the command', async () => {
  await using tree = await treeWith(`trap "touch ended; exit 1" TERM; touch ready; ${untilTerminated}`)
  await using child = tree.begin()
  while (!(await Bun.file(`${tree.root}/ready`).exists())) await Bun.sleep(10)
  child.kill('SIGTERM')
  expect(await child.exited).toBe(143)
  expect(await Bun.file(`${tree.root}/ended`).exists()).toBe(true)
})

test('a signal that comes while the installation begins does the same', async () => {
  await using tree = await treeWith(`trap "touch ended; exit 1" TERM; kill -TERM $PPID; ${untilTerminated}`)
  await using child = tree.begin()
  expect(await child.exited).toBe(143)
  expect(await Bun.file(`${tree.root}/ended`).exists()).toBe(true)
})
