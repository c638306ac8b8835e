import { DaprError } from '../errors.ts'
import { assertOk, type CallOptions, type Sidecar } from './sidecar.ts'

/**
 * Reads one secret that has a single value, such as one of a local file, an environment variable or a
 * Kubernetes secret whose only key has the same name.
 * @throws DaprError when the store or the secret is unknown, or the app may not read it
 * Source: https://docs.dapr.io/reference/api/secrets_api/
 */
export async function getSecret(
  sidecar: Sidecar,
  store: string,
  name: string,
  options?: CallOptions,
): Promise<string> {
  const path = `/v1.0/secrets/${encodeURIComponent(store)}/${encodeURIComponent(name)}`
  const answer = await assertOk(await sidecar.request(path, {}, options), `read the secret ${name}`)
  // 204 without a body is how some stores say that there is no such secret
  const values = answer.status === 204 ? {} : ((await answer.json()) as Record<string, string>)
  const value = values[name]
  if (value === undefined) {
    throw new DaprError(`the secret ${name} is not in the store ${store}`, {
      status: 404,
      code: 'SECRET_MISSING',
    })
  }
  return value
}
