import { expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isGroupRunning } from '../dapr/install/process-identity.ts'
import { shopBenchmarks, sidecarBenchmarks } from './all.ts'
import { isStockBuilt } from './lib/sidecar-kinds.ts'

const longest = 300_000
setDefaultTimeout(longest)

const root = resolve(import.meta.dir, '..')

/** Ends with the scope, and before the time-out of a test, after which the scope would not end. */
function bench(...args: string[]) {
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'bench', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const end = () => {
    if (isGroupRunning(child.pid)) process.kill(-child.pid, 'SIGKILL')
  }
  const timer = setTimeout(end, longest - 10_000)
  return {
    child,
    [Symbol.dispose]() {
      clearTimeout(timer)
      end()
    },
  }
}

test('prints one JSON object a line, and nothing else on standard output', async () => {
  const names = ['deliveries-bun', 'overhead-in-process', 'bundle-size']
  using run = bench(...names, '--json', '--rounds', '1', '--seconds', '0.02')
  const [output, progress] = await Promise.all([run.child.stdout.text(), run.child.stderr.text()])
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
  expect(await run.child.exited).toBe(results.every(({ ok }) => ok) ? 0 : 1)
  for (const name of names) expect(progress).toContain(name)
  expect(isGroupRunning(run.child.pid)).toBe(false)
})

const noStock = (await isStockBuilt()) ? undefined : 'needs a daprd that only `bun run bench sidecar` builds'
for (const { name, missing, alone = false, goal, group } of [...shopBenchmarks, ...sidecarBenchmarks]) {
  const reason = missing?.() ?? (group === 'sidecar' ? noStock : undefined)
  const title = reason === undefined ? `${name} measures something` : `${name} measures something (${reason})`
  test.skipIf(reason !== undefined)(title, async () => {
    using run = bench(name, '--json', '--rounds', '1', '--seconds', '0.02')
    const [output, progress] = await Promise.all([run.child.stdout.text(), run.child.stderr.text()])
    expect(progress).not.toContain('failed')
    const result = JSON.parse(output)
    // Bun 1.4.5 puts the matchers of toMatchObject into what they match
    const { ok } = result
    expect(result).toMatchObject({ name, ours: expect.any(Number), ok: expect.any(Boolean) })
    expect(result.peer).toEqual(alone ? null : expect.any(Number))
    expect(result.ratio).toEqual(alone && goal === undefined ? null : expect.any(Number))
    expect(result.goal).toBe(goal)
    expect(await run.child.exited).toBe(ok ? 0 : 1)
    expect(isGroupRunning(run.child.pid)).toBe(false)
  })
}

test.each([
  [['evnts'], "There is no benchmark 'evnts'. Did you mean events?"],
  [['events', '--rounds', '1.5'], '--rounds 1.5 is not a whole number.'],
  [['events', '--seconds', '-1'], 'Options: --list, --json, --rounds, --seconds.'],
  [['events', '--seconds', '0'], '--seconds 0 is not a number above 0.'],
])('%p is refused', async (args, message) => {
  using run = bench(...args)
  const [output, errors] = await Promise.all([run.child.stdout.text(), run.child.stderr.text()])
  expect(errors).toContain(message)
  expect(output).toBe('')
  expect(await run.child.exited).toBe(1)
})

const testOnLinux = test.skipIf(process.platform !== 'linux')

testOnLinux('Ctrl-C in the middle of a measurement leaves no process behind (needs /proc)', async () => {
  using run = bench('deliveries-bun', '--seconds', '60')
  const { child } = run
  await until('it measures', () => membersOf(child.pid) > 1)
  child.kill('SIGINT')
  expect(await child.exited).toBe(130)
  expect(isGroupRunning(child.pid)).toBe(false)
})

testOnLinux('what a killed run was measuring ends by itself (needs /proc)', async () => {
  using run = bench('deliveries-bun', '--seconds', '60')
  const { child } = run
  await until('it measures', () => membersOf(child.pid) > 1)
  child.kill('SIGKILL')
  await until('all have ended', () => !isGroupRunning(child.pid))
})

async function until(what: string, holds: () => boolean): Promise<void> {
  const ends = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > ends) throw new Error(`waited in vain until ${what}`)
    await Bun.sleep(20)
  }
}

function membersOf(group: number): number {
  return readdirSync('/proc').filter(name => groupOf(name) === group).length
}

function groupOf(entry: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    return undefined
  }
}
