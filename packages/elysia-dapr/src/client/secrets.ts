import { DaprError } from '../errors.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar } from './sidecar.ts'

/**
 * Reads one secret that has a single value, such as one of a local file, an environment variable or a
 * Kubernetes secret whose only key has the same name.
 * @throws DaprError when the store or the secret is unknown, or the app may not read it; `SECRET_MISSING`, `BAD_ANSWER`
 * @throws TypeError for a store or a name that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/secrets_api/
 */
export async function getSecret(
  sidecar: Sidecar,
  store: string,
  name: string,
  options?: CallOptions,
): Promise<string> {
  const path = `/v1.0/secrets/${segment('a secret store', store)}/${segment('a secret', name)}`
  const answer = await assertOk(await sidecar.request(path, {}, options), `read the secret ${name}`)
  // 204 without a body is how some stores say that there is no such secret
  const values = answer.status === 204 ? {} : await readBody(answer)
  if (typeof values !== 'object' || values === null) {
    throw new DaprError(
      `the answer for the secret ${name} is no JSON object: is ${sidecar.endpoint} a sidecar?`,
      {
        status: 502,
        code: 'BAD_ANSWER',
      },
    )
  }
  const value = new Map<string, unknown>(Object.entries(values)).get(name)
  if (typeof value !== 'string') {
    throw new DaprError(`the secret ${name} is not in the store ${store}`, {
      status: 404,
      code: 'SECRET_MISSING',
    })
  }
  return value
}
