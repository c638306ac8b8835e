import { afterEach, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instance, readInstance } from './instance.ts'
import { stopShop } from './stop-shop.ts'
import { takeOver } from './take-over.ts'

let instance: Instance
beforeEach(() => {
  instance = readInstance({ root: mkdtempSync(join(tmpdir(), 'stop-')), env: {} })
})
afterEach(() => {
  rmSync(instance.root, { recursive: true })
})

test('nobody starts the shop while its data is removed; afterwards anybody may', async () => {
  let other: unknown = 'not asked'
  const said = await stopShop(instance, () => {
    // answers at once while the claim is held
    takeOver(instance).then(taken => {
      other = taken
    })
  })
  expect(said).toBe('nothing is running')
  expect(other).toBeUndefined()
  const next = await takeOver(instance)
  expect(next).toBeDefined()
  next?.release()
  expect(existsSync(instance.runDir)).toBe(false)
})

test('what fails while in charge does not keep the charge', async () => {
  const failing = stopShop(instance, () => {
    throw new Error('read-only file system')
  })
  await expect(failing).rejects.toThrow('read-only file system')
  const next = await takeOver(instance)
  expect(next).toBeDefined()
  next?.release()
})
