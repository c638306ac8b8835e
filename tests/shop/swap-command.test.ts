import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runCommand, until } from './shop.ts'

setDefaultTimeout(120_000)

const env = process.env as Record<string, string>

test('an unknown set is an error that names those that there are', async () => {
  const { code, output } = await runCommand(['test:swap', 'reddis'], env)
  expect(code).toBe(1)
  expect(output).toStartWith("There is no component set 'reddis'; did you mean redis?")
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
