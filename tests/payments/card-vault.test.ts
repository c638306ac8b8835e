import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { DecryptError } from '../../packages/elysia-dapr/src/index.ts'
import { type CardVault, cardVault } from '../../services/payments/src/card-vault.ts'
import { component, daprd, failureOf } from '../conformance/environment.ts'

setDefaultTimeout(60_000)

const cleanup = new AsyncDisposableStack()
let vault: CardVault
let other: CardVault

/** A set of one symmetric key, as the secret of a set of components has it. */
function newKeys(): string {
  const k = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  return JSON.stringify({ keys: [{ kty: 'oct', kid: 'cards', alg: 'A256KW', use: 'enc', k }] })
}

async function openVault(): Promise<CardVault> {
  const resources = [component('card-vault', 'crypto.dapr.jwks', { jwks: newKeys() })]
  return cardVault(cleanup.use(await daprd({ resources })))
}

beforeAll(async () => {
  ;[vault, other] = await Promise.all([openVault(), openVault()])
})

afterAll(() => cleanup.disposeAsync())

test('a token that was sealed can be opened, and cannot be read', async () => {
  const sealed = await vault.seal('tok_ALFKI')
  expect(sealed).toMatch(/^[A-Za-z0-9+/]+=*$/)
  expect(Buffer.from(sealed, 'base64').includes('ALFKI')).toBe(false)
  expect(await vault.open(sealed)).toBe('tok_ALFKI')
  expect(await vault.seal('tok_ALFKI')).not.toBe(sealed)
})

test('neither another key opens it, nor one that was changed', async () => {
  const sealed = await vault.seal('tok_ALFKI')
  expect(await failureOf(other.open(sealed))).toBeInstanceOf(DecryptError)
  const bytes = Buffer.from(sealed, 'base64')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  expect(await failureOf(vault.open(bytes.toString('base64')))).toBeInstanceOf(DecryptError)
})
