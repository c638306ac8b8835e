import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, startOf } from '../../../dapr/install/process-identity.ts'
import { openLogs, rotateLogs } from '../logs/log-files.ts'
import { leftProcesses } from './left-processes.ts'
import type { Part, Role } from './part.ts'
import { createSupervisor } from './supervisor.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'supervisor-'))
})
afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const quick = { unanswered: 3, perMinute: 20, firstWait: 1, longestWait: 5, answerTimeout: 20_000 }

function supervise() {
  const logs = openLogs(join(home, 'logs'))
  rotateLogs(join(home, 'logs'), [])
  const reports: string[] = []
  const supervisor = createSupervisor({
    runDir: home,
    logs,
    report: line => reports.push(line),
    limits: quick,
  })
  return {
    ...supervisor,
    reports,
    logs,
    [Symbol.asyncDispose]: () => supervisor.stop({ grace: 2000 }),
  }
}

/** A shell script that answers once it has written the file `<name>.up`. */
function shellPart(name: string, script: string, role: Role = 'app'): Part {
  const file = join(home, `${name}.up`)
  return {
    name,
    role,
    command: ['/bin/sh', '-c', script.replaceAll('UP', `echo $$ >> '${file}'`)],
    cwd: home,
    env: { PATH: process.env.PATH ?? '' },
    answers: async () => existsSync(file),
  }
}

const lives = (name: string) =>
  readFileSync(join(home, `${name}.up`), 'utf8')
    .trim()
    .split('\n')
const stay = 'UP; while :; do sleep 0.05; done'

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5)
}

test('a part that is killed is reported with its last lines and runs again', async () => {
  await using supervisor = supervise()
  await supervisor.start(shellPart('cart', `echo 'adding an apple'; ${stay}`))
  const pid = supervisor.running()[0]?.pid ?? 0
  process.kill(pid, 'SIGKILL')
  await until(() => supervisor.reports.some(line => line.includes('answers again')))
  expect(supervisor.reports[0]).toContain('cart ended (SIGKILL); starting it again')
  expect(supervisor.reports[0]).toContain('adding an apple')
  await until(() => lives('cart').length === 2)
  expect(supervisor.running()[0]?.pid).not.toBe(pid)
})

test('a part that dies takes what it started with it', async () => {
  await using supervisor = supervise()
  const mine = join(home, 'child')
  await supervisor.start(shellPart('parent', `sleep 1000 & echo $! > ${mine}; UP; wait`))
  const child = Number(readFileSync(mine, 'utf8'))
  const identity = { pid: child, started: startOf(child) ?? '' }
  process.kill(supervisor.running()[0]?.pid ?? 0, 'SIGKILL')
  await until(() => supervisor.reports.some(line => line.includes('answers again')))
  await until(() => !isRunning(identity))
})

test('a home that is removed under a running shop is named, and does not come back', async () => {
  await using supervisor = supervise()
  await supervisor.start(shellPart('cart', stay))
  rmSync(home, { recursive: true })
  process.kill(supervisor.running()[0]?.pid ?? 0, 'SIGKILL')
  await expect(supervisor.failed).rejects.toThrow(
    `Cannot write ${home}/processes: a folder above it is gone.`,
  )
  expect(existsSync(home)).toBe(false)
})

test('a part that keeps dying is given up, with its exit code and last lines', async () => {
  await using supervisor = supervise()
  const start = supervisor.start(shellPart('orders', 'echo "no such table: orders" >&2; exit 3'))
  await expect(start).rejects.toThrow(/orders ended \(exit code 3\), again and again.*no such table: orders/s)
  await expect(supervisor.failed).rejects.toThrow('orders ended (exit code 3)')
  expect(supervisor.reports.length).toBe(quick.unanswered - 1)
})

test('a program that does not exist is a death like any other', async () => {
  await using supervisor = supervise()
  const missing = { ...shellPart('insights', ''), command: ['./no-such-program'] }
  await expect(supervisor.start(missing)).rejects.toThrow(
    /insights ended \(exit code 127\).*no-such-program/s,
  )
})

test('stop ends the edge first, then the apps with a sidecar that waits for them, infrastructure last', async () => {
  const supervisor = supervise()
  const note = (name: string) => `trap 'echo ${name} >> ended; exit 0' TERM; ${stay}`
  // as daprd: the first signal ends its subscriptions, the second one itself
  const sidecar = `trap '[ -e quiet ] && { echo sidecar >> ended; exit 1; }; touch quiet' TERM; ${stay}`
  const orders = `trap 'until [ -e quiet ]; do sleep 0.01; done; echo orders >> ended; exit 0' TERM; ${stay}`
  await Promise.all([
    supervisor.start(shellPart('broker', note('broker'), 'infrastructure')),
    supervisor.start(shellPart('orders.sidecar', sidecar, 'sidecar')),
    supervisor.start(shellPart('orders', orders)),
    supervisor.start(shellPart('gateway', note('gateway'), 'edge')),
  ])
  await supervisor.stop()
  const ended = readFileSync(join(home, 'ended'), 'utf8').trim().split('\n')
  expect(ended).toEqual(['gateway', 'orders', 'sidecar', 'broker'])
})

test('a part that is ended stays away, until it is started anew', async () => {
  await using supervisor = supervise()
  const sentry = shellPart('sentry', stay, 'infrastructure')
  await supervisor.start(sentry)
  await supervisor.end('sentry')
  expect(supervisor.running()).toEqual([])
  await supervisor.start(sentry)
  expect(supervisor.running()).toHaveLength(1)
  await until(() => lives('sentry').length === 2)
  expect(supervisor.reports).toEqual([])
})

test('one that ignores SIGTERM is killed when its time is over, and what it started with it', async () => {
  const supervisor = supervise()
  await supervisor.start(
    shellPart('stubborn', `trap '' TERM; (trap '' TERM; while :; do sleep 0.05; done) & ${stay}`),
  )
  const [group] = supervisor.running()
  const killed: string[] = []
  await supervisor.stop({ grace: 50, killed: name => killed.push(name) })
  expect(killed).toEqual(['stubborn'])
  const members = () =>
    Bun.spawnSync(['pgrep', '-g', String(group?.pid)])
      .stdout.toString()
      .trim()
  await until(() => members() === '')
})

test('a part writes itself down before it runs, so that a killed starter loses none', async () => {
  const script = join(home, 'starter.ts')
  writeFileSync(
    script,
    `import { spawnPart } from '${join(import.meta.dir, 'spawn-part.ts')}'
for (const name of ['one', 'two', 'three']) {
  const part = { name, role: 'app', command: ['/bin/sh', '-c', 'while :; do sleep 0.05; done'], cwd: '/', env: {}, answers: async () => true }
  spawnPart({ ...part, env: { PATH: process.env.PATH } }, { runDir: '${home}', logFile: '${home}/' + name + '.log' })
}
process.kill(process.pid, 'SIGKILL')`,
  )
  expect(
    await Bun.spawn([process.execPath, script], { stdio: ['ignore', 'inherit', 'inherit'] }).exited,
  ).not.toBe(0)
  await until(() => leftProcesses(home).length === 3)
  const left = leftProcesses(home)
  expect(left.map(({ name, role }) => `${name} ${role}`).sort()).toEqual(['one app', 'three app', 'two app'])
  for (const { pid } of left) process.kill(-pid, 'SIGKILL')
  await until(() => !left.some(isRunning))
  expect(leftProcesses(home)).toEqual([])
})
