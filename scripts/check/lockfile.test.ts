import { expect, test } from 'bun:test'
import { fixtureTree } from './fixture.ts'
import { checkLockfile } from './lockfile.ts'
import { runTool } from './run-tool.ts'

// Workspaces alone: their lockfile needs no registry.
const manifest = JSON.stringify({ name: 'shop', workspaces: ['packages/*'] })

async function lockedTree() {
  const tree = await fixtureTree({ 'package.json': manifest, 'packages/a/package.json': '{"name":"a"}' })
  await runTool(['git', 'init', '--quiet'], tree.root)
  await runTool([process.execPath, 'install', '--lockfile-only'], tree.root)
  return tree
}

test('a committed and current lockfile passes', async () => {
  await using tree = await lockedTree()
  await runTool(['git', 'add', 'bun.lock'], tree.root)
  expect(await checkLockfile(tree.root)).toEqual([])
})

test('one that is not in git is named', async () => {
  await using tree = await lockedTree()
  expect(await checkLockfile(tree.root)).toEqual([
    { file: 'bun.lock', message: "is not in git; run 'git add bun.lock'" },
  ])
})

test('one that does not answer a manifest is named', async () => {
  await using tree = await lockedTree()
  await runTool(['git', 'add', 'bun.lock'], tree.root)
  await Bun.write(`${tree.root}/packages/b/package.json`, '{"name":"b","dependencies":{"a":"workspace:*"}}')
  const [finding] = await checkLockfile(tree.root)
  expect(finding?.message).toEndWith("run 'bun install' and commit bun.lock")
})
