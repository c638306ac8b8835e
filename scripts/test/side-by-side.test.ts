import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { startOf } from '../../dapr/install/process-identity.ts'
import { fixtureTree } from '../check/fixture.ts'
import { runSideBySide } from './side-by-side.ts'
import { addTally, emptyTally } from './tally.ts'

/** Passes if as many such files run at once, and no more. */
const meets = (count: number) => `
  import { expect, test } from 'bun:test'
  import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
  mkdirSync('here', { recursive: true })
  mkdirSync('met', { recursive: true })
  const { pid } = process
  test('meets', async () => {
    writeFileSync('here/' + pid, '')
    while (readdirSync('here').length < ${count} && readdirSync('met').length === 0) await Bun.sleep(5)
    expect(readdirSync('here').length).toBeLessThanOrEqual(${count})
    writeFileSync('met/' + pid, '')
    rmSync('here/' + pid)
  })`

function start(root: string, files: string[], { signal } = new AbortController()) {
  const total = emptyTally()
  const written: string[] = []
  const write = (text: string) => void written.push(text)
  const add = (tally: typeof total) => addTally(total, tally)
  const ended = runSideBySide(files, { root, timeoutMs: 10_000, signal, add, write })
  return { total, written, ended }
}

async function run(files: Record<string, string>) {
  await using tree = await fixtureTree(files)
  const { total, written, ended } = start(tree.root, Object.keys(files))
  await ended
  return { total, written }
}

test.each([
  ['tests/conformance/', 4],
  ['tests/conformance/faults/', 2],
  ['tests/behaviours/', 2],
])('files of %s run %d at once', async (folder, atOnce) => {
  const names = Array.from({ length: atOnce + 1 }, (_, index) => `${folder}${index}.test.ts`)
  const { total } = await run(Object.fromEntries(names.map(name => [name, meets(atOnce)])))
  expect(total).toEqual({ passed: names.length, failed: [], skipped: [] })
})

test('what a file writes stays together, under its name and above what it came to', async () => {
  const noisy = (verdict: number) => `
    import { expect, test } from 'bun:test'
    test('speaks', async () => {
      for (let line = 0; line < 20; line++) {
        console.log('${verdict}')
        await Bun.sleep(1)
      }
      expect(${verdict}).toBe(1)
    })`
  const { total, written } = await run({ 'a.test.ts': noisy(1), 'b.test.ts': noisy(2) })
  expect(total).toEqual({ passed: 1, failed: ['b.test.ts: speaks'], skipped: [] })
  expect(written.sort()).toEqual([
    expect.stringMatching(
      /^\n── a\.test\.ts\n[\s\S]*(\n1){20}\n[\s\S]*\n── a\.test\.ts: \d\.\d s, 1 passed, 0 failed\n$/,
    ),
    expect.stringMatching(
      /^\n── b\.test\.ts\n[\s\S]*(\n2){20}\n[\s\S]*\n── b\.test\.ts: \d\.\d s, 0 passed, 1 failed\n$/,
    ),
  ])
})

test('an abort ends all that run, begins no other, and shows how far they came', async () => {
  const stays = `
    import { test } from 'bun:test'
    import { writeFileSync } from 'node:fs'
    const child = Bun.spawn(['sleep', '60'])
    test('stays', async () => {
      console.log('so far')
      writeFileSync('pid-' + process.pid, '')
      writeFileSync('pid-' + child.pid, '')
      await child.exited
    })`
  const names = Array.from({ length: 6 }, (_, index) => `${index}.test.ts`)
  await using tree = await fixtureTree(Object.fromEntries(names.map(name => [name, stays])))
  const abort = new AbortController()
  const { total, written, ended } = start(tree.root, names, abort)
  const started = () => readdirSync(tree.root).filter(name => name.startsWith('pid-'))
  while (started().length < 8) await Bun.sleep(10)
  abort.abort(new Error('interrupted'))
  await expect(ended).rejects.toThrow('interrupted')
  expect(started()).toHaveLength(8)
  expect(started().map(name => startOf(Number(name.slice('pid-'.length))))).toEqual(Array(8).fill(undefined))
  expect(total).toEqual(emptyTally())
  expect(written.filter(text => text.includes('so far'))).toHaveLength(4)
})
