import { expect, test } from 'bun:test'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'

const root = resolve(import.meta.dir, '../../..')

interface Update {
  'package-ecosystem': string
  directory?: string
  directories?: string[]
}

test.each([
  ['gomod', 'go.mod'],
  ['pip', 'requirements.in'],
])('whatever %s is in this repository is kept up to date', async (ecosystem, name) => {
  const { updates }: { updates: Update[] } = parse(await Bun.file(`${root}/.github/dependabot.yml`).text())
  const watched = updates
    .filter(update => update['package-ecosystem'] === ecosystem)
    .flatMap(({ directory, directories = [] }) => (directory ? [directory] : directories))
  const glob = new Bun.Glob(`{benchmarks,dapr,k8s,packages,scripts,services,tests}/**/${name}`)
  const files = await Array.fromAsync(glob.scan({ cwd: root, followSymlinks: false }))
  const folders = files.filter(file => !file.includes('node_modules/')).map(file => `/${dirname(file)}`)
  expect(folders).not.toEqual([])
  expect(watched.sort()).toEqual(folders.sort())
})
