import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cardVaultKeys } from './card-vault-keys.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'keys-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

test('a key of 256 bits is made once, and read by its owner alone', () => {
  const text = cardVaultKeys({ dataDir })
  const { keys } = JSON.parse(text)
  expect(keys).toEqual([{ kty: 'oct', kid: 'cards', use: 'enc', alg: 'A256KW', k: expect.any(String) }])
  expect(Buffer.from(keys[0].k, 'base64url')).toHaveLength(32)
  expect(statSync(join(dataDir, 'card-vault-keys.json')).mode & 0o777).toBe(0o600)
  expect(cardVaultKeys({ dataDir })).toBe(text)
})

test.each(['', '{ broken', '{}'])('a damaged file, %p, is an error and not replaced', text => {
  const file = join(dataDir, 'card-vault-keys.json')
  writeFileSync(file, text)
  expect(() => cardVaultKeys({ dataDir })).toThrow(`${file} holds no key set`)
  expect(statSync(file).size).toBe(text.length)
})
