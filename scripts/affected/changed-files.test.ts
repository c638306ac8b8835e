import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fixtureTree } from '../check/fixture.ts'
import { changedFiles } from './changed-files.ts'

async function git(root: string, ...args: string[]): Promise<void> {
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x@localhost', '-c', 'commit.gpgsign=false']
  const child = Bun.spawn(['git', ...identity, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect(await child.exited).toBe(0)
}

test('what a branch changed, committed or not, and nothing of what went on beside it', async () => {
  await using tree = await fixtureTree({ '.gitignore': 'ignored\n', kept: '1', old: '1', edited: '1' })
  const { root } = tree
  await git(root, 'init', '--quiet', '--initial-branch=main')
  await git(root, 'add', '.')
  await git(root, 'commit', '--quiet', '-m', 'one')
  await git(root, 'switch', '--quiet', '-c', 'branch')
  await git(root, 'mv', 'old', 'new name')
  await git(root, 'commit', '--quiet', '-m', 'two')
  await git(root, 'switch', '--quiet', 'main')
  await Bun.write(join(root, 'elsewhere'), '1')
  await git(root, 'add', '.')
  await git(root, 'commit', '--quiet', '-m', 'three')
  await git(root, 'switch', '--quiet', 'branch')
  await Bun.write(join(root, 'edited'), '2')
  await Bun.write(join(root, 'untracked/ä'), '1')
  await Bun.write(join(root, 'ignored'), '1')
  await rm(join(root, 'kept'))
  expect(await changedFiles('main', root)).toEqual(['edited', 'kept', 'new name', 'old', 'untracked/ä'])
})

test('a commit that is not there is named', async () => {
  await using tree = await fixtureTree({})
  await git(tree.root, 'init', '--quiet')
  await expect(changedFiles('v9', tree.root)).rejects.toThrow(/Git cannot compare with 'v9': .*use --all/)
})
