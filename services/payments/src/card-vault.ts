import { decrypt, encrypt, type Sidecar } from 'elysia-dapr'

/** Encrypts card tokens with a key that this service never sees. */
export interface CardVault {
  /** @returns text in base64, another one each time */
  seal(token: string): Promise<string>
  /** @throws DecryptError for what was sealed with another key, or was changed since */
  open(sealed: string): Promise<string>
}

const component = 'card-vault'

/** The sidecar's crypto component `card-vault`, with its key `cards`. */
export function cardVault(dapr: Sidecar): CardVault {
  return {
    async seal(token) {
      const sealed = await encrypt(dapr, component, new TextEncoder().encode(token), {
        key: 'cards',
        algorithm: 'A256KW',
      })
      return sealed.toBase64()
    },
    async open(sealed) {
      return new TextDecoder().decode(await decrypt(dapr, component, Uint8Array.fromBase64(sealed)))
    },
  }
}
