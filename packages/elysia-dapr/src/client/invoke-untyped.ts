import { handOn, send } from './invoke-send.ts'
import { targetOf } from './invoke-target.ts'
import type { CallOptions, Sidecar } from './sidecar.ts'

/**
 * Sends one request to another app, an HTTPEndpoint resource or an external address, as `fetch` would: resolves with
 * the whole answer of the app, whatever its status. What the sidecar answers in its place rejects.
 *
 * `appId` is the ID of an app, also with a namespace (`orders.production`), the name of an HTTPEndpoint resource, or
 * an address such as `https://api.example.com/v2`. Prefer the resource: to a bare address daprd sends the app API token as
 * well, and looks at no certificate when it talks to the app itself over TLS.
 *
 * The path arrives as it is written, but for what daprd cleans: it has no slash at its end and no empty part.
 * Redirects are not followed. `init.headers` may be a stranger's: those of Dapr are left out. The answer is read whole before
 * it resolves, so it can be handed on, and nothing streams.
 * @throws InvokeError `ERR_DIRECT_INVOKE` when the sidecar reaches no such app, `BODY_TOO_LARGE` for a body beyond the
 * sidecar's `--max-body-size` (default 4 MiB), `INVALID_API_TOKEN`, `UNREACHABLE`, `TIMEOUT`, `ABORTED`. The sidecar's
 * answer to a HEAD says too little: that resolves.
 * @throws TypeError for an app ID or a path that does not fit into a URL, a header that is none, a GET with a body and
 * a method that the sidecar does not forward
 * Source: https://docs.dapr.io/reference/api/service_invocation_api/
 *
 * @example
 * const answer = await invoke(sidecar(), 'orders', '/orders/7?full=true', {}, { timeout: 2_000 })
 * if (answer.status === 404) return undefined
 */
export async function invoke(
  sidecar: Sidecar,
  appId: string,
  path: string,
  init: RequestInit = {},
  options?: CallOptions,
): Promise<Response> {
  const [withoutQuery] = path.split(/[?#]/, 1)
  const operation = `${(init.method ?? 'GET').toUpperCase()} ${withoutQuery}`
  return handOn(await send(sidecar, { target: targetOf(appId), operation, path, init, options }))
}
