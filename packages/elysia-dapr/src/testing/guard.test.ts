import { expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
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

/** A program that has two processes and a folder, and waits for its own end. */
async function start(folder: string) {
  const file = join(folder, 'dies.ts')
  await Bun.write(file, `${script}\nawait new Promise(() => setInterval(() => undefined, 1_000))`)
  const child = Bun.spawn([process.execPath, file], { stdout: 'pipe' })
  const { value } = await child.stdout.getReader().read()
  const { path, pids } = JSON.parse(new TextDecoder().decode(value)) as { path: string; pids: number[] }
  const isLeft = () => [existsSync(path), ...pids.map(isRunning)]
  return { child, isLeft }
}

test.each(['SIGKILL', 'SIGTERM'] as const)('%s leaves neither processes nor folder', async signal => {
  await using folder = await temporaryFolder()
  const { child, isLeft } = await start(folder.path)
  expect(isLeft()).toEqual([true, true, true])
  child.kill(signal)
  await until(() => !isLeft().includes(true))
})

const onLinux = process.platform === 'linux'

test.skipIf(!onLinux)('the guard itself is replaced when it ends before (reads /proc of Linux)', async () => {
  await using folder = await temporaryFolder()
  const { child, isLeft } = await start(folder.path)
  const guardOf = () => readdirSync('/proc').find(pid => isGuardOf(pid, child.pid))
  const first = guardOf()
  process.kill(Number(first), 'SIGKILL')
  await until(() => ![undefined, first].includes(guardOf()))
  child.kill('SIGKILL')
  await until(() => !isLeft().includes(true))
})

function isGuardOf(pid: string, parent: number): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return command.includes('elysia-dapr-guard-') && status.includes(`PPid:\t${parent}\n`)
  } catch {
    return false
  }
}

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
