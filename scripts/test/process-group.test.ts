import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { fixtureTree } from '../check/fixture.ts'
import { runTool } from '../check/run-tool.ts'
import { runGroup } from './process-group.ts'

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(10)
}

async function isRunning(pid: number): Promise<boolean> {
  const { output } = await runTool(['ps', '-o', 'stat=', '-p', String(pid)])
  return /^[^Z\s]/.test(output.trim())
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
  expect(await isRunning(Number(await Bun.file(`${tree.root}/pid`).text()))).toBe(false)
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
