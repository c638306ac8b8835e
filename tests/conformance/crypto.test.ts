import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DecryptError, decrypt, type EncryptOptions, encrypt } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, failureOf, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

const cleanup = new AsyncDisposableStack()
let dapr: Daprd

beforeAll(async () => {
  const home = cleanup.use(await temporaryFolder())
  const path = join(home.path, 'keys')
  await mkdir(path)
  for (const name of ['first', 'second']) {
    const k = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
    await Bun.write(join(path, `${name}.json`), JSON.stringify({ kty: 'oct', k }))
  }
  const rsa = await crypto.subtle.generateKey(
    { name: 'RSA-OAEP', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['encrypt', 'decrypt'],
  )
  const { kty, n, e, d, p, q, dp, dq, qi } = await crypto.subtle.exportKey('jwk', rsa.privateKey)
  await Bun.write(join(path, 'rsa.json'), JSON.stringify({ kty, n, e, d, p, q, dp, dq, qi }))
  dapr = cleanup.use(await daprd({ resources: [component('keys', 'crypto.dapr.localstorage', { path })] }))
})

afterAll(() => cleanup.disposeAsync())

const first = { key: 'first.json', algorithm: 'AES' } as const
const secret = new TextEncoder().encode('ü\u0000secret')

function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

describe('what is encrypted is decrypted', () => {
  test.each([
    ['nothing', 0],
    ['one byte', 1],
    ['a segment', 65_536],
    ['3 MiB', 3 * 1024 * 1024],
  ])('%s', async (_, size) => {
    const data = randomBytes(size)
    const encrypted = await encrypt(dapr, 'keys', data, first)
    expect(encrypted.length).toBeGreaterThan(size)
    expect(Buffer.compare(await decrypt(dapr, 'keys', encrypted), data)).toBe(0)
  })

  test.each([
    { key: 'first.json', algorithm: 'A256KW', cipher: 'chacha20-poly1305' },
    { key: 'rsa.json', algorithm: 'RSA' },
    { key: 'rsa.json', algorithm: 'RSA-OAEP-256', cipher: 'aes-gcm' },
  ] satisfies EncryptOptions[])('by %j', async options => {
    const encrypted = await encrypt(dapr, 'keys', secret, options)
    expect(Buffer.from(encrypted).includes('secret')).toBe(false)
    expect(await decrypt(dapr, 'keys', encrypted)).toEqual(secret)
  })

  test('when the data do not name the key, by the one that is given', async () => {
    const encrypted = await encrypt(dapr, 'keys', secret, { ...first, decryptionKey: false })
    expect(Buffer.from(encrypted).includes('first.json')).toBe(false)
    expect(await decrypt(dapr, 'keys', encrypted, { key: 'first.json' })).toEqual(secret)
    const error = await failureOf(decrypt(dapr, 'keys', encrypted))
    expect(error).toBeInstanceOf(DecryptError)
    expect(error).toMatchObject({ code: 'ERR_CRYPTO', retryable: false })
  })

  test('by the key that the data were told to name', async () => {
    const encrypted = await encrypt(dapr, 'keys', secret, { ...first, decryptionKey: 'second.json' })
    expect(await failureOf(decrypt(dapr, 'keys', encrypted))).toBeInstanceOf(DecryptError)
    expect(await decrypt(dapr, 'keys', encrypted, { key: 'first.json' })).toEqual(secret)
  })
})

describe('what cannot be decrypted is a DecryptError', () => {
  test.each(['second.json', 'none.json'])('another key: %s', async key => {
    const error = await failureOf(decrypt(dapr, 'keys', await encrypt(dapr, 'keys', secret, first), { key }))
    expect(error).toBeInstanceOf(DecryptError)
    expect(error).toMatchObject({ code: 'ERR_CRYPTO', retryable: true })
  })

  test.each([
    ['in the only segment', 9],
    ['in the last of many', 200_000],
  ])('data that were changed %s', async (_, size) => {
    const encrypted = await encrypt(dapr, 'keys', randomBytes(size), first)
    encrypted[encrypted.length - 1] = (encrypted.at(-1) ?? 0) ^ 1
    const error = await failureOf(decrypt(dapr, 'keys', encrypted))
    expect(error).toBeInstanceOf(DecryptError)
    expect(error).toMatchObject({ retryable: false })
  })

  test.each([[new Uint8Array()], [secret]])('data that were never encrypted: %p', async data => {
    const error = await failureOf(decrypt(dapr, 'keys', data))
    expect(error).toBeInstanceOf(DecryptError)
    expect(error).toMatchObject({ retryable: false })
  })
})

test.each([
  ['a key that is not there', 'keys', { key: 'none.json', algorithm: 'AES' }, { code: 'ERR_CRYPTO' }],
  ['a key of another kind', 'keys', { key: 'first.json', algorithm: 'RSA' }, { code: 'ERR_CRYPTO' }],
  [
    'a component that is not there',
    'safe',
    first,
    { code: 'ERR_CRYPTO_PROVIDER_NOT_FOUND', retryable: false },
  ],
] as const)('nothing is encrypted by %s', async (_, name, options, expected) => {
  expect(await failureOf(encrypt(dapr, name, secret, options))).toMatchObject(expected)
})

test('data beyond the limit of daprd are told as such', async () => {
  const error = await failureOf(encrypt(dapr, 'keys', randomBytes(5 * 1024 * 1024), first))
  expect(error).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413, retryable: false })
})
