import { describe, expect, test } from 'bun:test'
import { checkBoundaries } from './boundaries.ts'
import { fixtureTree } from './fixture.ts'

const manifest = (name: string) => JSON.stringify({ name })
const shop = {
  'package.json': JSON.stringify({
    workspaces: { packages: ['packages/*', 'services/*', 'services/*/contract'] },
  }),
  'packages/chassis/package.json': manifest('@shop/chassis'),
  'services/cart/package.json': manifest('@shop/cart'),
  'services/orders/package.json': manifest('@shop/orders'),
  'services/orders/contract/package.json': manifest('@shop/orders-contract'),
}

async function check(files: Record<string, string>) {
  await using tree = await fixtureTree({ ...shop, ...files })
  return await checkBoundaries(tree.root)
}

describe('what is allowed', () => {
  test('packages, contracts of others and of its own, built-ins and relative files', async () => {
    const findings = await check({
      'services/cart/src/main.ts': `
        import { x } from '@shop/chassis/config'
        import type { Order } from '@shop/orders-contract'
        import { Elysia } from 'elysia'
        import { join } from 'node:path'
        import { store } from './store.ts'
        import { self } from '@shop/cart/other'
      `,
      'services/orders/contract/index.ts': `
        import { Type } from '@sinclair/typebox'
        import { Value } from '@sinclair/typebox/value'
        import { topic } from 'elysia-dapr/contract'
        export * from './events.ts'
      `,
      'services/orders/contract/gen/orders_pb.ts': `
        import type { Message } from '@bufbuild/protobuf'
        import { fileDesc } from '@bufbuild/protobuf/codegenv2'
      `,
      'services/orders/contract/index.test.ts': `import { test } from 'bun:test'`,
      'services/cart/node_modules/x/index.ts': `import '@shop/orders'`,
    })
    expect(findings).toEqual([])
  })

  test('a specifier within a string or a comment is no import', async () => {
    const source = `// import '@shop/orders'\nconst text = "import '@shop/orders'"`
    expect(await check({ 'services/cart/src/x.ts': source })).toEqual([])
  })
})

describe('what a service must not import', () => {
  const forms = [
    ['an import', `import { x } from '@shop/orders'`],
    ['a file of it', `import { x } from '@shop/orders/src/store.ts'`],
    ['a type alone', `import type { X } from '@shop/orders'`],
    ['a re-export', `export * from '@shop/orders'`],
    ['a named re-export of a type', `export type { X } from '@shop/orders'`],
    ['import()', `const x = await import('@shop/orders')`],
    ['a type by import()', `type X = import('@shop/orders').X`],
    ['require()', `const x = require('@shop/orders')`],
  ] as const

  test.each(forms)('another service, by %s', async (_, source) => {
    expect(await check({ 'services/cart/src/x.ts': `// é\n\n${source}\n` })).toEqual([
      {
        file: 'services/cart/src/x.ts',
        line: 3,
        message:
          "imports the service '@shop/orders'; import '@shop/orders-contract' or call it through the sidecar",
      },
    ])
  })

  test('a relative path into another service', async () => {
    const findings = await check({
      'services/cart/src/x.ts': `import type { X } from '../../orders/src/x.ts'`,
    })
    expect(findings).toEqual([
      {
        file: 'services/cart/src/x.ts',
        line: 1,
        message:
          "'../../orders/src/x.ts' leaves services/cart; import '@shop/orders-contract' or call it through the sidecar",
      },
    ])
  })

  test('a relative path into a contract, even its own', async () => {
    const [finding] = await check({ 'services/orders/src/x.ts': `import '../contract/index.ts'` })
    expect(finding?.message).toBe(
      "'../contract/index.ts' leaves services/orders; import '@shop/orders-contract' instead",
    )
  })

  test('a relative path to what lies outside every workspace', async () => {
    const [finding] = await check({ 'services/cart/src/x.ts': `import '../../../scripts/cli.ts'` })
    expect(finding?.message).toBe(
      "'../../../scripts/cli.ts' leaves services/cart; move what it needs into a package",
    )
  })
})

test('a contract imports neither Elysia nor I/O nor other contracts', async () => {
  const findings = await check({
    'services/orders/contract/index.ts': [
      `import { t } from 'elysia'`,
      `import { readFile } from 'node:fs/promises'`,
      `import { dapr } from 'elysia-dapr'`,
      `import type { X } from '@shop/chassis/config'`,
    ].join('\n'),
  })
  expect(findings.map(({ line }) => line)).toEqual([1, 2, 3, 4])
  expect(findings[0]?.message).toBe(
    "a contract imports 'elysia'; it may import only @sinclair/typebox, elysia-dapr/contract and @bufbuild/protobuf",
  )
})

test('a package imports no service and no contract', async () => {
  const findings = await check({
    'packages/chassis/src/x.ts': `import '@shop/orders'\nimport '@shop/orders-contract'\nimport '../../../services/orders/src/x.ts'`,
  })
  expect(findings.map(({ line, message }) => `${line} ${message}`)).toEqual([
    "1 imports the service '@shop/orders'; a package knows no service",
    "2 a package imports '@shop/orders-contract'; packages know no service",
    "3 '../../../services/orders/src/x.ts' leaves packages/chassis; a package knows no service",
  ])
})

test('a file that does not parse is named instead of passed over', async () => {
  const [finding] = await check({ 'services/cart/src/x.ts': `import from from from` })
  expect(finding?.file).toBe('services/cart/src/x.ts')
  expect(finding?.message).toStartWith('does not parse: ')
})
