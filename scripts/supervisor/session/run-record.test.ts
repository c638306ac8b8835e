import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, self } from '../../../dapr/install/process-identity.ts'
import { runningStarter, writeRunRecord } from './run-record.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'record-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true })
})

test('the one that wrote it is running', () => {
  writeRunRecord(dir, { command: 'start', url: 'http://127.0.0.1:8000' })
  expect(runningStarter(dir)).toEqual({ ...self(), command: 'start', url: 'http://127.0.0.1:8000' })
})

const { pid, started } = self()
test.each([
  ['nothing at all', ''],
  ['half of it', '{"pid":1'],
  ['no object', 'null'],
  ['no start time', { pid, command: 'start', url: null }],
  ['no process', { command: 'start', url: null }],
  ['neither, of a process that is gone', { pid: 2 ** 30, command: 'start', url: null }],
  ['every process', { pid: -1, started, command: 'start', url: null }],
  ['a process id that is text', { pid: String(pid), started, command: 'start', url: null }],
  ['another process that got the same id', { pid, started: `${started}0`, command: 'start', url: null }],
])('a record with %s names nobody', (_, content) => {
  writeFileSync(join(dir, 'starter.json'), typeof content === 'string' ? content : JSON.stringify(content))
  expect(runningStarter(dir)).toBeUndefined()
})

test('a process without a start time is not running', () => {
  expect(isRunning({ pid: 2 ** 30 } as Parameters<typeof isRunning>[0])).toBe(false)
})
