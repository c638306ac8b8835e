import type { CallOptions, Sidecar } from './sidecar.ts'

/** @throws DaprError as `request` does, TypeError for a body that JSON cannot hold */
export async function postJson(
  sidecar: Sidecar,
  path: string,
  body: unknown,
  options?: CallOptions,
): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return await sidecar.request(path, { method: 'POST', headers, body: JSON.stringify(body) }, options)
}
