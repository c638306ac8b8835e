import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { isGroupRunning } from '../dapr/install/process-identity.ts'

const root = resolve(import.meta.dir, '..')

function bench(...args: string[]) {
  return Bun.spawn([process.execPath, 'scripts/run.ts', 'bench', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

test('prints one JSON object a line, and nothing else on standard output', async () => {
  const names = ['deliveries-bun', 'overhead-in-process', 'bundle-size']
  const child = bench(...names, '--json', '--rounds', '1', '--seconds', '0.02')
  const [output, progress] = await Promise.all([child.stdout.text(), child.stderr.text()])
  const results = output
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(results.map(({ name }) => name)).toEqual(names)
  for (const { ours, peer, ratio, ok, target, ...rest } of results) {
    expect(Object.keys(rest)).toEqual(['name', 'unit'])
    for (const number of [ours, peer, ratio]) expect(number).toBeGreaterThan(0)
    expect(ok).toBe(target === null || ratio >= target)
  }
  expect(await child.exited).toBe(results.every(({ ok }) => ok) ? 0 : 1)
  for (const name of names) expect(progress).toContain(name)
  expect(isGroupRunning(child.pid)).toBe(false)
}, 30_000)

test.each([
  [['evnts'], "There is no benchmark 'evnts'. Did you mean events?"],
  [['events', '--rounds', '1.5'], '--rounds 1.5 is not a whole number.'],
  [['events', '--seconds', '-1'], 'Options: --list, --json, --rounds, --seconds.'],
  [['events', '--seconds', '0'], '--seconds 0 is not a number above 0.'],
])('%p is refused', async (args, message) => {
  const child = bench(...args)
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  expect(errors).toContain(message)
  expect(output).toBe('')
  expect(await child.exited).toBe(1)
})

test('Ctrl-C in the middle of a measurement leaves no process behind', async () => {
  const child = bench('deliveries-bun', '--seconds', '60')
  while (membersOf(child.pid) < 2) await Bun.sleep(20)
  child.kill('SIGINT')
  expect(await child.exited).toBe(130)
  expect(isGroupRunning(child.pid)).toBe(false)
}, 30_000)

test('what a killed run was measuring ends by itself', async () => {
  const child = bench('deliveries-bun', '--seconds', '60')
  while (membersOf(child.pid) < 2) await Bun.sleep(20)
  child.kill('SIGKILL')
  await child.exited
  while (isGroupRunning(child.pid)) await Bun.sleep(20)
}, 30_000)

function membersOf(group: number): number {
  const { stdout } = Bun.spawnSync(['ps', '-A', '-o', 'pgid='])
  return stdout
    .toString()
    .split('\n')
    .filter(line => Number(line) === group).length
}
