import { expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freshClone } from './clone.ts'
import { runCommand, until } from './shop.ts'

setDefaultTimeout(120_000)

const env = process.env as Record<string, string>

test('an unknown set is an error that names those that there are', async () => {
  const { code, output } = await runCommand(['test:swap', 'reddis'], env)
  expect(code).toBe(1)
  expect(output).toStartWith("There is no component set 'reddis'; did you mean redis?")
})

test("a set of one's own is a new folder", async () => {
  using clone = freshClone()
  const installed = Bun.spawnSync([process.execPath, 'install', '--frozen-lockfile'], { cwd: clone.path })
  expect(installed.stderr.toString()).not.toContain('error')
  cpSync(join(clone.path, 'components/embedded'), join(clone.path, 'components/mine'), { recursive: true })
  const run = (...args: string[]) => runCommand(args, env, clone.path)
  expect(await run('check:components', 'mine')).toMatchObject({ code: 0 })
  const { code, output } = await run('test:swap', 'mine', '--row', 'rest,saga,consumers', '--json')
  expect(code, output).toBe(0)
  const rows = output.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line)] : []))
  expect(rows.map(({ set, row, ok }) => [set, row, ok])).toEqual(
    ['start', 'rest', 'saga', 'consumers', 'end'].map(row => ['mine', row, true]),
  )
})

test('Ctrl-C in the middle of a row takes the shop down', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'swap-'))
  try {
    const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'test:swap', 'embedded', '--json'], {
      cwd: resolve(import.meta.dir, '../..'),
      env: { ...env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let progress = ''
    const reading = (async () => {
      for await (const chunk of child.stderr) progress += new TextDecoder().decode(chunk)
    })()
    await until('a row runs that takes a while', () => progress.includes('orders per second'), 90_000)
    expect(readdirSync(temporary)).not.toEqual([])
    child.kill('SIGINT')
    expect(await child.exited).toBe(130)
    await reading
    const rows = (await child.stdout.text())
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows.slice(0, 2)).toMatchObject([
      { set: 'embedded', row: 'start', ok: true, values: { seconds: expect.any(Number) } },
      { set: 'embedded', row: 'rest', ok: true, seen: '✓' },
    ])
    expect(readdirSync(temporary)).toEqual([])
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
})
