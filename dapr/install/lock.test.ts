import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { withLock } from './lock.ts'
import { emptyPlace } from './testing.ts'

const holder = `
  import { withLock } from ${JSON.stringify(join(import.meta.dir, 'lock.ts'))}
  await withLock(process.argv.at(-1), { signal: undefined, waiting() {} }, async () => {
    console.log('held')
    await new Promise(resolve => setTimeout(resolve, 600_000))
  })`

test('callers in one process take turns', async () => {
  await using place = await emptyPlace()
  const file = join(place.path, 'cache/lock')
  let inside = 0
  const sizes: number[] = []
  const turn = () =>
    withLock(file, { signal: undefined, waiting() {} }, async () => {
      sizes.push(++inside)
      await Bun.file(file).exists()
      inside--
    })
  await Promise.all([turn(), turn(), turn()])
  expect(sizes).toEqual([1, 1, 1])
})

test('a holder that is killed leaves no lock behind, and a waiter is told that it waits', async () => {
  await using place = await emptyPlace()
  const file = join(place.path, 'lock')
  await using child = Bun.spawn([process.execPath, '-e', holder, file], { stdout: 'pipe', stderr: 'inherit' })
  const { value } = await child.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('held\n')
  let waited = 0
  const waiting = () => {
    waited++
    child.kill('SIGKILL')
  }
  expect(await withLock(file, { signal: undefined, waiting }, async () => 'mine')).toBe('mine')
  expect(waited).toBe(1)
})

test('waiting ends on abort', async () => {
  await using place = await emptyPlace()
  const file = join(place.path, 'lock')
  await withLock(file, { signal: undefined, waiting() {} }, async () => {
    const abort = new AbortController()
    const second = withLock(file, { signal: abort.signal, waiting: () => abort.abort() }, async () => 'never')
    await expect(second).rejects.toThrow('abort')
  })
})
