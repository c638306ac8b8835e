import { DecryptError } from '../errors.ts'
import { segment } from './segment.ts'
import { type CallOptions, type Sidecar, toDaprError } from './sidecar.ts'

/** With what `encrypt` encrypts. */
export interface EncryptOptions extends CallOptions {
  /** Name of the key in the component. */
  key: string
  /** How the random key of the data is wrapped by this one: `AES` is A256KW, `RSA` is RSA-OAEP-256. */
  algorithm: 'AES' | 'RSA' | 'A256KW' | 'A128CBC-NOPAD' | 'A192CBC-NOPAD' | 'A256CBC-NOPAD' | 'RSA-OAEP-256'
  /** How the data is encrypted. @default `aes-gcm` */
  cipher?: 'aes-gcm' | 'chacha20-poly1305'
  /**
   * Name of the key for `decrypt`, which the result keeps in clear text; `false` keeps none, and `decrypt` has to be
   * given it. @default `key`
   */
  decryptionKey?: string | false
}

/** With what `decrypt` decrypts. */
export interface DecryptOptions extends CallOptions {
  /** Name of the key. @default the one that the encrypted data names */
  key?: string
}

type Bytes = Uint8Array<ArrayBuffer>

/**
 * Encrypts with a key that never leaves the component. The sidecar takes 4 MiB at most, unless it was started with a
 * larger `--max-body-size`.
 * @throws DaprError `ERR_CRYPTO` for a key that is not there or does not fit the algorithm
 * @throws TypeError for a component that does not fit into a URL, and a key that does not fit into a header
 * Source: https://docs.dapr.io/reference/api/cryptography_api/
 */
export async function encrypt(
  sidecar: Sidecar,
  component: string,
  data: Bytes,
  { key, algorithm, cipher, decryptionKey, ...options }: EncryptOptions,
): Promise<Bytes> {
  const headers = {
    'dapr-key-name': key,
    'dapr-key-wrap-algorithm': algorithm,
    ...(cipher && { 'dapr-data-encryption-cipher': cipher }),
    ...(decryptionKey === false && { 'dapr-omit-decryption-key-name': 'true' }),
    ...(decryptionKey && { 'dapr-decryption-key-name': decryptionKey }),
  }
  return await put(sidecar, 'encrypt', component, { headers, body: data }, options)
}

/**
 * Decrypts what `encrypt` has made.
 * @throws DecryptError for another key, for data that were changed since or were never encrypted; DaprError
 * @throws TypeError for a component that does not fit into a URL, and a key that does not fit into a header
 * Source: https://docs.dapr.io/reference/api/cryptography_api/#decrypt-payload
 */
export async function decrypt(
  sidecar: Sidecar,
  component: string,
  data: Bytes,
  { key, ...options }: DecryptOptions = {},
): Promise<Bytes> {
  const headers = { ...(key && { 'dapr-key-name': key }) }
  return await put(sidecar, 'decrypt', component, { headers, body: data }, options)
}

async function put(
  sidecar: Sidecar,
  action: 'encrypt' | 'decrypt',
  component: string,
  { headers, body }: { headers: Record<string, string>; body: Bytes },
  options: CallOptions,
): Promise<Bytes> {
  const path = `/v1.0-alpha1/crypto/${segment('a crypto component', component)}/${action}`
  const init = { method: 'PUT', headers: { 'content-type': 'application/octet-stream', ...headers }, body }
  const answer = await sidecar.request(path, init, options)
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
  const error = await toDaprError(answer, `${action} by ${component}`)
  const { message, status, code, body: refusal } = error
  if (action === 'encrypt' || !undecipherable.test(message)) throw error
  const retryable = message.includes('signature')
  throw new DecryptError(message, { status, code, body: refusal, retryable })
}

const undecipherable =
  /failed to (validate the document's signature|decrypt segment)|invalid header|does not contain a key name/
