import { DaprError, InvokeError } from '../errors.ts'
import { encodedPath, type Target } from './invoke-target.ts'
import type { CallOptions, Sidecar } from './sidecar.ts'

/**
 * Sends one request to an app. Resolves with whatever the app answers, rejects with what the sidecar says instead.
 * @throws InvokeError, TypeError
 */
export async function send(
  sidecar: Sidecar,
  { appId, prefix }: Target,
  operation: string,
  path: string,
  init: RequestInit,
  options?: CallOptions,
): Promise<Response> {
  const method = (init.method ?? 'GET').toUpperCase()
  if (!methods.has(method)) {
    throw new TypeError(`the sidecar forwards no ${method}: use one of ${[...methods].join(', ')}`)
  }
  const answer = await sidecar
    .request(
      prefix + encodedPath(path),
      { ...init, method, ...(init.headers && { headers: withoutDaprHeaders(init.headers) }) },
      options,
    )
    .catch((error: unknown) => {
      if (error instanceof DaprError)
        throw new InvokeError(appId, operation, { code: error.code, cause: error })
      throw error
    })
  const failure = await failureOfSidecar(answer, appId)
  if (failure) throw new InvokeError(appId, operation, failure)
  return answer
}

/** The same answer for handing on: its body was read, and decoded, and it would tell of it what no longer holds. */
export function handOn(answer: Response): Response {
  for (const name of headersOfConnection) answer.headers.delete(name)
  return answer
}

/** Of any other verb the sidecar makes a POST. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const headersOfConnection = [
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]

/**
 * Headers that a gateway hands on are a stranger's: `dapr-app-id`, and its spelling as a user of basic authentication,
 * would send the call to another app, and `dapr-caller-app-id` would stand beside the true one.
 */
function withoutDaprHeaders(given: RequestInit['headers']): Headers {
  const headers = new Headers(given)
  for (const name of [...headers.keys()]) if (name.startsWith('dapr-')) headers.delete(name)
  const [scheme, credentials = ''] = headers.get('authorization')?.split(' ') ?? []
  if (scheme === 'Basic' && /^dapr-app-id:/i.test(decoded(credentials))) headers.delete('authorization')
  return headers
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

type Failure = { status: number; code: string; body: unknown }

/**
 * What the sidecar itself answers: nothing but the body tells it from an app's answer. It names the app that was
 * called, so that an app which hands on the failure of a call of its own is not taken for its sidecar.
 * Source: pkg/api/http/directmessaging.go and pkg/messages/predefined.go of Dapr
 */
async function failureOfSidecar(answer: Response, appId: string): Promise<Failure | undefined> {
  const { status } = answer
  if (status < 400) return undefined
  const type = answer.headers.get('content-type')
  if (type === 'application/json') {
    const body: unknown = await answer
      .clone()
      .json()
      .catch(() => undefined)
    const { errorCode, message } = (body ?? {}) as { errorCode?: unknown; message?: unknown }
    if (errorCode !== 'ERR_DIRECT_INVOKE' || typeof message !== 'string') return undefined
    const isOfThisCall = message.startsWith(`failed to invoke, id: ${appId}, `)
    if (!isOfThisCall && !othersOfSidecar.includes(message)) return undefined
    return isTooLarge(message)
      ? { status: 413, code: 'BODY_TOO_LARGE', body }
      : { status, code: errorCode, body }
  }
  if (status !== 401 || !type?.startsWith('text/plain')) return undefined
  const body = await answer.clone().text()
  return body === 'invalid api token\n' ? { status, code: 'INVALID_API_TOKEN', body } : undefined
}

const othersOfSidecar = [
  'failed getting app id either from the URL path or the header dapr-app-id',
  'invoke API is not ready',
]

/** The sidecar says 500, cuts the body at its limit and sometimes finds out only from what it then sends. */
function isTooLarge(message: string): boolean {
  return message.endsWith('stream too large') || /ContentLength=\d+ with Body length \d+$/.test(message)
}
