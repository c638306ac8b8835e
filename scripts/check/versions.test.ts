import { expect, test } from 'bun:test'
import { fixtureTree } from './fixture.ts'
import { checkVersions } from './versions.ts'

async function check(root: object, packages: Record<string, object>) {
  const files = Object.entries(packages).map(([name, manifest]) => [
    `packages/${name}/package.json`,
    JSON.stringify({ name: `@shop/${name}`, ...manifest }),
  ])
  await using tree = await fixtureTree({ 'package.json': JSON.stringify(root), ...Object.fromEntries(files) })
  return (await checkVersions(tree.root)).map(({ file, message }) => `${file}: ${message}`)
}

test('exact, from the catalog, or of the workspace', async () => {
  const findings = await check(
    {
      workspaces: { packages: ['packages/*'], catalog: { elysia: '1.4.30' } },
      devDependencies: { yaml: '2.9.1' },
    },
    {
      a: {
        dependencies: { elysia: 'catalog:', '@shop/b': 'workspace:*' },
        peerDependencies: { x: '>=1 <2' },
      },
      b: { dependencies: { pino: '10.4.0-rc.1' } },
    },
  )
  expect(findings).toEqual([])
})

test('ranges, tags, and versions that the catalog should name', async () => {
  const findings = await check(
    {
      workspaces: { packages: ['packages/*'], catalog: { elysia: '1.4.30', pino: '^10.0.0' } },
      devDependencies: { yaml: '~2.9.1', typescript: 'latest' },
    },
    {
      a: { dependencies: { elysia: '1.4.30', '@shop/b': '*', zod: 'catalog:' } },
      b: { dependencies: { drizzle: '1.0.0' } },
      c: { devDependencies: { drizzle: '1.0.1' } },
    },
  )
  expect(findings).toEqual([
    'package.json: the catalog has pino "^10.0.0"; pin one version',
    'package.json: yaml is "~2.9.1"; pin one version',
    'package.json: typescript is "latest"; pin one version',
    'packages/a/package.json: elysia is "1.4.30"; write "catalog:"',
    'packages/a/package.json: @shop/b is "*"; write "workspace:*"',
    'packages/a/package.json: zod is "catalog:"; add it to the catalog of package.json',
    'packages/b/package.json: drizzle is "1.0.0"; several workspaces use it: move it to the catalog',
    'packages/c/package.json: drizzle is "1.0.1"; several workspaces use it: move it to the catalog',
  ])
})

test.each([
  ['ARG GO=golang:1.26\nARG BUN=oven/bun:1.4.5-slim', []],
  ['ARG GO=golang:1.26\nARG BUN=oven/bun:1.4.4-slim', [2]],
])('images have the Bun of package.json: %j', async (dockerfile, lines) => {
  await using tree = await fixtureTree({
    'package.json': JSON.stringify({ devDependencies: { bun: '1.4.5' } }),
    'images/typescript.Dockerfile': dockerfile,
  })
  expect((await checkVersions(tree.root)).flatMap(({ line }) => line ?? [])).toEqual(lines)
})
