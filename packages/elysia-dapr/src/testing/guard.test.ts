import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './folder.ts'
import { startProcess } from './process.ts'

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Ended, but not yet asked about by its parent, which is init here.
    return process.platform !== 'linux' || !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(10)
}

const script = `
import { temporaryFolder } from ${JSON.stringify(join(import.meta.dir, 'folder.ts'))}
import { startProcess } from ${JSON.stringify(join(import.meta.dir, 'process.ts'))}
const { path } = await temporaryFolder()
const running = []
for (const command of [['sleep', '600'], ['sh', '-c', 'trap "" TERM; while :; do sleep 0.05; done']]) {
  running.push(await startProcess(command, { cwd: path, env: process.env, log: path + '/log' }))
}
console.log(JSON.stringify({ path, pids: running.map(({ pid }) => pid) }))
`

test.each(['SIGKILL', 'SIGTERM'] as const)('%s leaves neither processes nor folder', async signal => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'dies.ts')
  await Bun.write(file, `${script}\nawait new Promise(() => setInterval(() => undefined, 1_000))`)
  const child = Bun.spawn([process.execPath, file], { stdout: 'pipe' })
  const { value } = await child.stdout.getReader().read()
  const { path, pids } = JSON.parse(new TextDecoder().decode(value)) as { path: string; pids: number[] }
  expect([existsSync(path), ...pids.map(isRunning)]).toEqual([true, true, true])
  child.kill(signal)
  await until(() => !existsSync(path) && !pids.some(isRunning))
})

test('a program that nobody ends does not keep this one from ending', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'forgets.ts')
  await Bun.write(file, script)
  const child = Bun.spawn([process.execPath, file], { stdout: 'pipe' })
  const { path, pids } = JSON.parse(await new Response(child.stdout).text())
  expect(await child.exited).toBe(0)
  await until(() => !existsSync(path) && !pids.some(isRunning))
})

test('one that does not end when it is asked to is killed', async () => {
  await using folder = await temporaryFolder()
  const command = ['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done']
  const log = join(folder.path, 'log')
  const stubborn = await startProcess(command, { cwd: folder.path, env: process.env, log, graceMs: 50 })
  await until(() => stubborn.log() === 'ready\n')
  await stubborn.end()
  expect(await stubborn.ended).toBe('SIGKILL')
})

test('one that is stopped ends as well', async () => {
  await using folder = await temporaryFolder()
  const log = join(folder.path, 'log')
  const stopped = await startProcess(['sleep', '600'], { cwd: folder.path, env: process.env, log })
  await stopped.kill('SIGSTOP')
  await stopped.end()
  expect(await stopped.ended).toBe('SIGTERM')
})

test('a program that is not there', async () => {
  await using folder = await temporaryFolder()
  const log = join(folder.path, 'log')
  const options = { cwd: folder.path, env: process.env, log }
  await expect(startProcess([join(folder.path, 'nothing')], options)).rejects.toThrow('ENOENT')
})
