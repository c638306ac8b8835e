import { expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'
import { SelectionError, selectTests } from './select.ts'

const files = {
  'packages/a/src/a.test.ts': '',
  'packages/ab/src/b.test.ts': '',
  'services/cart/src/cart.test.ts': '',
  'services/cart/node_modules/x/x.test.ts': '',
  'services/cart/src/cart.ts': '',
  'tests/shop/start.test.ts': '',
  'tests/swap/table.test.ts': '',
}

async function select(...wanted: string[]) {
  await using tree = await fixtureTree(files)
  return await selectTests(wanted, tree.root)
}

const unit = [
  'packages/a/src/a.test.ts',
  'packages/ab/src/b.test.ts',
  'services/cart/src/cart.test.ts',
  'tests/swap/table.test.ts',
]

test('nothing named: everything, without what is installed', async () => {
  expect(await select()).toEqual({
    check: true,
    unit,
    shop: ['tests/shop/start.test.ts'],
    swap: true,
    cluster: true,
  })
})

test('layers by name', async () => {
  expect(await select('check')).toEqual({ check: true, unit: [], shop: [], swap: false, cluster: false })
  expect(await select('unit', 'check')).toEqual({ check: true, unit, shop: [], swap: false, cluster: false })
  expect(await select('swap')).toEqual({ check: false, unit: [], shop: [], swap: true, cluster: false })
  expect(await select('cluster')).toEqual({ check: false, unit: [], shop: [], swap: false, cluster: true })
})

test('folders and files, whichever layer they belong to', async () => {
  const [first = ''] = unit
  expect(await select('packages/a', 'tests')).toEqual({
    check: false,
    unit: [first, 'tests/swap/table.test.ts'],
    shop: ['tests/shop/start.test.ts'],
    swap: false,
    cluster: false,
  })
  expect((await select('./services/cart/')).unit).toEqual(['services/cart/src/cart.test.ts'])
})

test('what is neither is an error that says what to use', async () => {
  await expect(select('units')).rejects.toThrow(
    "There is no 'units'. Use check, unit, shop, swap, cluster, a test file or a folder.",
  )
  await expect(select('services/cart/src/cart.ts')).rejects.toThrow(SelectionError)
})
