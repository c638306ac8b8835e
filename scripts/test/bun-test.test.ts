import { afterAll, beforeAll, expect, test } from 'bun:test'
import { fixtureTree } from '../check/fixture.ts'
import { runBunTest } from './bun-test.ts'
import { closingLine } from './tally.ts'

let tree: Awaited<ReturnType<typeof fixtureTree>>

function run(files: string[]) {
  const { signal } = new AbortController()
  return runBunTest(files, { root: tree.root, timeoutMs: 10_000, signal, output: () => undefined })
}

beforeAll(async () => {
  tree = await fixtureTree({
    'good.test.ts': `import { describe, test } from 'bun:test'
      describe('a & <b>', () => { test('first', () => {}); test.skip('second (needs Go)', () => {}); test.todo('third') })`,
    'bad.test.ts': `import { expect, test } from 'bun:test'
      test('fine', () => {}); test('says "no"', () => { expect(1).toBe(2) })`,
    'unloadable.test.ts': `import './missing.ts'`,
    'crash.test.ts': `import { test } from 'bun:test'
      test('fine', () => {}); test('dies', () => { process.kill(process.pid, 'SIGKILL') })`,
    'late.test.ts': `import { afterAll, test } from 'bun:test'
      afterAll(() => { throw new Error('late') }); test('fine', () => {})`,
  })
})

afterAll(async () => {
  await tree[Symbol.asyncDispose]()
})

test('counts what passed, and gives each skip its reason', async () => {
  const tally = await run(['good.test.ts'])
  expect(tally).toEqual({
    passed: 1,
    failed: [],
    skipped: [
      { name: 'good.test.ts: a & <b> > second (needs Go)', reason: 'needs Go' },
      { name: 'good.test.ts: a & <b> > third', reason: 'TODO' },
    ],
  })
  expect(closingLine(tally)).toBe('1 passed, 0 failed, 2 skipped')
})

test('names what failed', async () => {
  const tally = await run(['bad.test.ts'])
  expect(tally).toEqual({ passed: 1, failed: ['bad.test.ts: says "no"'], skipped: [] })
  expect(closingLine(tally)).toBe('1 passed, 1 failed')
})

test('a file that does not load counts, beside others that do', async () => {
  const tally = await run(['good.test.ts', 'unloadable.test.ts'])
  expect(tally.passed).toBe(1)
  expect(tally.failed).toEqual(['unloadable.test.ts: ran no test; see its output above'])
})

test('a run that is killed counts as failed', async () => {
  const tally = await run(['crash.test.ts'])
  expect(tally.failed).toEqual(['crash.test.ts: ran no test; see its output above'])
})

test('a hook that throws after the last test counts as failed', async () => {
  const tally = await run(['late.test.ts'])
  expect(tally.failed).toHaveLength(1)
})
