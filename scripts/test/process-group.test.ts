import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { startOf } from '../../dapr/install/process-identity.ts'
import { fixtureTree } from '../check/fixture.ts'
import { runGroup } from './process-group.ts'

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(10)
}

test('passes on the exit code', async () => {
  const { signal } = new AbortController()
  expect(await runGroup(['sh', '-c', 'exit 7'], { signal })).toBe(7)
})

test('an abort ends the program and what it started, and lets them clean up', async () => {
  await using tree = await fixtureTree({
    'cleans.sh': 'trap "touch cleaned; exit 0" TERM\ntouch ready\nwhile :; do sleep 0.05; done',
  })
  const abort = new AbortController()
  const script = `cd ${tree.root}; sh cleans.sh & echo $! > pid; wait`
  const running = runGroup(['sh', '-c', script], { signal: abort.signal })
  await until(() => existsSync(`${tree.root}/ready`))
  abort.abort()
  await running
  expect(existsSync(`${tree.root}/cleaned`)).toBe(true)
  expect(startOf(Number(await Bun.file(`${tree.root}/pid`).text()))).toBeUndefined()
})

test('one that ignores SIGTERM is killed after the grace', async () => {
  await using tree = await fixtureTree({
    'stays.sh': 'trap "" TERM\ntouch ready\nwhile :; do sleep 0.05; done',
  })
  const abort = new AbortController()
  const running = runGroup(['sh', '-c', `cd ${tree.root}; exec sh stays.sh`], {
    signal: abort.signal,
    graceMs: 50,
  })
  await until(() => existsSync(`${tree.root}/ready`))
  abort.abort()
  expect(await running).toBe(137)
})
