import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ShopError } from '../shop-error.ts'
import { claim } from './claim.ts'

let dir: string
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'claim-')), 'run')
})
afterEach(() => {
  rmSync(join(dir, '..'), { recursive: true })
})

const claimer = join(import.meta.dir, 'claim.ts')

function inAnotherProcess(then: string) {
  return Bun.spawn(
    [process.execPath, '-e', `import { claim } from '${claimer}'; const mine = claim('${dir}'); ${then}`],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  for await (const chunk of stream) return new TextDecoder().decode(chunk).trim()
  return ''
}

test('only one has it; the next gets it when the first lets go', () => {
  const first = claim(dir)
  expect(first).toBeDefined()
  expect(claim(dir)).toBeUndefined()
  first?.release()
  const next = claim(dir)
  expect(next).toBeDefined()
  next?.release()
})

test('another process cannot have it, and leaves it free when it is killed', async () => {
  const other = inAnotherProcess(
    'console.log(mine !== undefined); process.stdin.resume(); setInterval(() => {}, 1000)',
  )
  expect(await firstLine(other.stdout)).toBe('true')
  expect(claim(dir)).toBeUndefined()
  other.kill('SIGKILL')
  await other.exited
  const mine = claim(dir)
  expect(mine).toBeDefined()
  mine?.release()
})

test('a home that is a file is named with the way out', () => {
  const home = join(dir, '../home')
  writeFileSync(home, '')
  const run = join(home, '.local/run')
  expect(() => claim(run)).toThrow(ShopError)
  expect(() => claim(run)).toThrow(`Cannot write ${join(run, 'claim')}: a file is in the place of a folder. `)
})

test('one whose folder was removed leaves the next one alone', () => {
  const first = claim(dir)
  rmSync(dir, { recursive: true })
  const second = claim(dir)
  expect(first?.holds()).toBe(false)
  first?.release()
  expect(second?.holds()).toBe(true)
  expect(claim(dir)).toBeUndefined()
  second?.release()
})

test('of many that try at once, while its folder comes and goes, never two have it', async () => {
  const loop = `
import { mkdirSync, rmdirSync } from 'node:fs'
import { claim } from '${claimer}'
let held = 0
while (held < 20) {
  const mine = claim('${dir}')
  if (!mine) { await Bun.sleep(1); continue }
  mkdirSync('${dir}.held')
  await Bun.sleep(1)
  rmdirSync('${dir}.held')
  mine.release()
  held++
}`
  const children = Array.from({ length: 4 }, () =>
    Bun.spawn([process.execPath, '-e', loop], { stdio: ['ignore', 'inherit', 'pipe'] }),
  )
  const results = await Promise.all(
    children.map(async child => ({
      errors: await new Response(child.stderr).text(),
      code: await child.exited,
    })),
  )
  expect(results).toEqual(children.map(() => ({ errors: '', code: 0 })))
})
