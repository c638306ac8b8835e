import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { killGroupOf, run } from './process.ts'
import { startOf } from './process-identity.ts'
import { emptyPlace } from './testing.ts'

// a shell with a child of its own, as `go build` has its compilers; both pids are told
const family = ['sh', '-c', 'sleep 600 & echo "$$ $!" >&2; wait']

async function startFamily(work: string, signal: AbortSignal) {
  await mkdir(work, { recursive: true })
  const told = Promise.withResolvers<number[]>()
  const onLine = (line: string) => told.resolve(line.split(' ').map(Number))
  const ended = run(family, { cwd: work, env: process.env, work, signal, onLine })
  ended.catch(() => {})
  return { pids: await told.promise, ended }
}

const alive = (pid: number) => startOf(pid) !== undefined

async function allGone(pids: number[]) {
  while (pids.some(alive)) await Bun.sleep(5)
}

test('an abort ends the command and its children', async () => {
  await using place = await emptyPlace()
  const abort = new AbortController()
  const { pids, ended } = await startFamily(place.path, abort.signal)
  expect(pids.every(alive)).toBe(true)
  abort.abort(new Error('stopped by hand'))
  await expect(ended).rejects.toThrow('stopped by hand')
  await allGone(pids)
})

test('what a killed run left is found by its note and ended', async () => {
  await using place = await emptyPlace()
  const { pids, ended } = await startFamily(place.path, new AbortController().signal)
  await killGroupOf(place.path)
  await allGone(pids)
  expect((await ended).code).not.toBe(0)
})

test('a note about a process number that another process has now ends nothing', async () => {
  await using place = await emptyPlace()
  const { pids } = await startFamily(place.path, new AbortController().signal)
  const other = join(place.path, 'other')
  await Bun.write(
    join(other, 'child.json'),
    JSON.stringify({ pid: pids[0], started: 'Thu Jan  1 00:00:00 1970' }),
  )
  await killGroupOf(other)
  expect(pids.every(alive)).toBe(true)
  await killGroupOf(place.path)
  await allGone(pids)
})

test('output and errors of a command that fails', async () => {
  await using place = await emptyPlace()
  const lines: string[] = []
  const result = await run(['sh', '-c', 'echo out; echo one >&2; echo two >&2; exit 3'], {
    cwd: place.path,
    env: process.env,
    work: place.path,
    signal: undefined,
    onLine: line => lines.push(line),
  })
  expect(result).toEqual({ code: 3, output: 'out\n', errors: ['one', 'two'] })
  expect(lines).toEqual(['one', 'two'])
})
