import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { formatFinding } from '../finding.ts'
import { fixtureTree } from '../fixture.ts'
import { type LinterName, obtainLinter } from './obtain-linter.ts'
import { checkWorkflows, missingLinters } from './workflows.ts'

const [actionlint, zizmor] = await Promise.all([obtainLinter('actionlint'), obtainLinter('zizmor')])

const faulty = `on: pull_request
permissions: {}
concurrency: { group: faulty, cancel-in-progress: true }
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          echo hello
          echo \${{ github.head_ref }}
      - run: echo \${{ steps.none.outputs.x }}
`

async function findingsOf(workflow: string): Promise<string[]> {
  await using tree = await fixtureTree({ '.github/workflows/x.yml': workflow })
  return (await checkWorkflows(tree.root)).map(formatFinding)
}

test.skipIf('lack' in actionlint)('actionlint finds a step that is not there, and its line', async () => {
  const found = await findingsOf(faulty)
  expect(found).toContainEqual(
    expect.stringMatching(/^\.github\/workflows\/x\.yml:11: .*"none".*\(actionlint: expression\)$/),
  )
})

test.skipIf('lack' in zizmor)(
  'zizmor finds what a stranger can put into a script, and its line',
  async () => {
    const found = await findingsOf(faulty)
    expect(found).toContainEqual(
      expect.stringMatching(/^\.github\/workflows\/x\.yml:10: .*\(zizmor: template-injection\)$/),
    )
  },
)

test.skipIf('lack' in actionlint || 'lack' in zizmor)(
  'a good workflow has no finding, nor has none',
  async () => {
    const good = `${faulty.slice(0, faulty.indexOf('      - run'))}      - run: echo hello\n`
    expect(await findingsOf(good)).toEqual([])
    await using tree = await fixtureTree({})
    expect(await checkWorkflows(tree.root)).toEqual([])
  },
)

test.skipIf('lack' in zizmor)('what cannot be read is an error with its reason', async () => {
  await expect(findingsOf('jobs: [\n')).rejects.toThrow(/says: .*x\.yml/s)
})

test('a linter that cannot be had finds nothing, and is a hint', async () => {
  const find = async (name: LinterName) => ({ lack: `no ${name} here` })
  expect(await checkWorkflows(resolve(import.meta.dir, '../../..'), find)).toEqual([])
  expect((await missingLinters(find)).map(({ message }) => message)).toEqual([
    'not read by actionlint, which cannot be had: no actionlint here',
    'not read by zizmor, which cannot be had: no zizmor here',
  ])
})

test('without Go and Python each lack is told, and nothing stays behind', async () => {
  await using cache = await fixtureTree({})
  const env = { PATH: cache.root, SHOP_CACHE_DIR: cache.root }
  expect(await obtainLinter('actionlint', env)).toEqual({ lack: 'no go on the PATH' })
  expect(await obtainLinter('zizmor', env)).toEqual({ lack: 'no pip on the PATH' })
  const left = await Array.fromAsync(new Bun.Glob('**/*').scan({ cwd: cache.root, onlyFiles: false }))
  expect(left.filter(path => !path.endsWith('.lock'))).toEqual(['linters'])
})
