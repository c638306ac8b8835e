import { expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGroupRunning, isRunning, self, startInStat, startOf } from './process-identity.ts'

const linux = process.platform === 'linux'

test('a process is itself, and no other that has its number', () => {
  expect(isRunning(self())).toBe(true)
  expect(isRunning({ pid: process.pid, started: 'another time' })).toBe(false)
})

test('one that has ended has no start, and its group is gone', async () => {
  const child = Bun.spawn(['sleep', '600'], { detached: true })
  expect(startOf(child.pid)).toBeString()
  expect(isGroupRunning(child.pid)).toBe(true)
  child.kill('SIGKILL')
  await child.exited
  expect(startOf(child.pid)).toBeUndefined()
  expect(isGroupRunning(child.pid)).toBe(false)
})

test('a name with brackets and spaces, and a zombie', () => {
  const rest = Array.from({ length: 18 }, (_, index) => index).join(' ')
  expect(startInStat(`7 (a) b (c)) S ${rest} 4711 0`)).toBe('4711')
  expect(startInStat(`7 (a) Z ${rest} 4711 0`)).toBeUndefined()
})

// slim images have no `ps`
test.if(linux)('on Linux nothing is needed but /proc', async () => {
  const source = `
    const { run } = await import('./process.ts')
    const { isGroupRunning, self } = await import('./process-identity.ts')
    const { mkdtemp, rm } = await import('node:fs/promises')
    const work = await mkdtemp('${join(tmpdir(), 'install-test-')}')
    const { output } = await run(['/bin/echo', 'ran'], { cwd: '/', env: {}, work, signal: undefined })
    await rm(work, { recursive: true })
    console.log(output.trim(), self().started !== '', isGroupRunning(process.pid))`
  const child = Bun.spawn([process.execPath, '-e', source], {
    cwd: import.meta.dir,
    env: { PATH: '/nowhere' },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect((await child.stdout.text()).trim()).toBe('ran true true')
  expect(await child.exited).toBe(0)
})
