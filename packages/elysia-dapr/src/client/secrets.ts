import { badAnswer, DaprError } from '../errors.ts'
import { type Metadata, toQuery } from './metadata-query.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar } from './sidecar.ts'

/** How `getSecret` and `getSecrets` call. */
export interface SecretOptions extends CallOptions {
  /** Settings that the store defines, such as `version_id`. */
  metadata?: Metadata
}

/** The values of one secret by their names. */
export type Secret = Readonly<Record<string, string>>

/**
 * Reads one value of a secret. Most secrets have a single one, under their own name: those of a local file, an
 * environment variable, or a Kubernetes secret whose only key has the same name. For another one, say its `key`.
 * @throws DaprError when the store or the secret is unknown, or the app may not read it; `SECRET_MISSING`, `BAD_ANSWER`
 * @throws TypeError for a store or a name that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/secrets_api/
 */
export async function getSecret(
  sidecar: Sidecar,
  store: string,
  name: string,
  { key = name, ...options }: SecretOptions & { key?: string } = {},
): Promise<string> {
  const values = await read(
    sidecar,
    { store, path: segment('a secret', name), what: `the secret ${name}` },
    options,
  )
  const value = new Map(Object.entries(values)).get(key)
  if (typeof value !== 'string') {
    const what = key === name ? `the secret ${name}` : `${key} of the secret ${name}`
    throw new DaprError(`${what} is not in the store ${store}`, {
      status: 404,
      code: 'SECRET_MISSING',
    })
  }
  return value
}

/**
 * Reads all secrets that the app may read; each has its values by their names, and a secret of a single value has it
 * under its own name.
 * @throws DaprError when the store is unknown; `BAD_ANSWER`
 * @throws TypeError for a store that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/secrets_api/#get-bulk-secret
 */
export async function getSecrets(
  sidecar: Sidecar,
  store: string,
  options?: SecretOptions,
): Promise<Readonly<Record<string, Secret>>> {
  const secrets = await read(sidecar, { store, path: 'bulk', what: 'the secrets' }, options)
  return secrets as Record<string, Secret>
}

async function read(
  sidecar: Sidecar,
  { store, path, what }: { store: string; path: string; what: string },
  options: SecretOptions = {},
): Promise<object> {
  const url = `/v1.0/secrets/${segment('a secret store', store)}/${path}${toQuery(options.metadata)}`
  const answer = await assertOk(await sidecar.request(url, {}, options), `read ${what}`)
  // 204 without a body is how some stores say that there is nothing
  const values = answer.status === 204 ? {} : await readBody(answer)
  if (typeof values === 'object' && values !== null) return values
  throw new DaprError(
    `the answer for ${what} is no JSON object: is ${sidecar.endpoint} a sidecar?`,
    badAnswer(answer),
  )
}
