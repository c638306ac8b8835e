import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { ShopError } from '../shop-error.ts'
import { randomSecret } from './random-secret.ts'

/**
 * The key set (JWKS, RFC 7517) of the component `card-vault`: one symmetric key of 256 bits named `cards`, for A256KW.
 * Made once and kept with the data that it encrypts; both go with `bun run reset`.
 * @throws ShopError when the file is there and holds no keys: a new key could read nothing of what is stored
 */
export function cardVaultKeys({ dataDir }: Pick<Instance, 'dataDir'>): string {
  const file = join(dataDir, 'card-vault-keys.json')
  if (!existsSync(file)) {
    writePrivate(file, `${newCardVaultKeys()}\n`)
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!holdsKeys(text)) {
    throw new ShopError(
      `${file} holds no key set, and the stored cards cannot be read without it. Put it back, or begin afresh: bun run reset.`,
    )
  }
  return text
}

/** A key set with a new key. */
export function newCardVaultKeys(): string {
  // a random secret is 32 bytes in base64url, which is what `k` wants
  const key = { kty: 'oct', kid: 'cards', use: 'enc', alg: 'A256KW', k: randomSecret() }
  return JSON.stringify({ keys: [key] })
}

function holdsKeys(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text).keys)
  } catch {
    return false
  }
}
