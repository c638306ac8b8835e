import { expect, test } from 'bun:test'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { followLines } from './follow-logs.ts'

test('hands on whole lines only, characters cut in two included, and goes on after a new beginning', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'follow-'))
  const file = join(dir, 'part.log')
  const end = new AbortController()
  const lines: string[] = []
  writeFileSync(file, 'before\n')
  const following = followLines(file, line => lines.push(line), { signal: end.signal, from: 'start' })
  const seen = async (count: number) => {
    while (lines.length < count) await Bun.sleep(5)
  }
  await seen(1)
  const umlaut = Buffer.from('grün\n')
  appendFileSync(file, 'one\n')
  await seen(2)
  appendFileSync(file, umlaut.subarray(0, 3))
  appendFileSync(file, umlaut.subarray(3))
  await seen(3)
  writeFileSync(file, 'new\n')
  await seen(4)
  end.abort()
  await following
  rmSync(dir, { recursive: true })
  expect(lines).toEqual(['before', 'one', 'grün', 'new'])
})
