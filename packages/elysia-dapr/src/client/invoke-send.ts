import { DaprError, InvokeError } from '../errors.ts'
import { encodedPath, type Target } from './invoke-target.ts'
import { type CallOptions, parseBody, requestText, type Sidecar, type TextAnswer } from './sidecar.ts'

/**
 * Sends one request to an app. Resolves with whatever the app answers, rejects with what the sidecar says instead.
 * @throws InvokeError, TypeError
 */
export async function send(sidecar: Sidecar, call: OutgoingCall): Promise<Response> {
  const { target, operation, options } = call
  const answer = await sidecar.request(...requestOf(call), options).catch(failWith(target, operation))
  const text = answer.status < 400 ? '' : await answer.clone().text()
  assertFromApp({ answer, text }, call)
  return answer
}

/** The same for an answer that is text. */
export async function sendForText(sidecar: Sidecar, call: OutgoingCall): Promise<TextAnswer> {
  const { target, operation, options } = call
  const answered = await requestText(sidecar, ...requestOf(call), options).catch(failWith(target, operation))
  assertFromApp(answered, call)
  return answered
}

export interface OutgoingCall {
  target: Target
  /** What it is called in errors. */
  operation: string
  path: string
  init: RequestInit
  options?: CallOptions | undefined
}

function requestOf({ target, path, init }: OutgoingCall): [path: string, init: RequestInit] {
  const method = (init.method ?? 'GET').toUpperCase()
  if (!methods.has(method)) {
    throw new TypeError(`the sidecar forwards no ${method}: use one of ${[...methods].join(', ')}`)
  }
  const headers = init.headers && { headers: withoutDaprHeaders(init.headers) }
  return [target.prefix + encodedPath(path), { ...init, method, ...headers }]
}

function failWith({ appId }: Target, operation: string) {
  return (error: unknown): never => {
    if (error instanceof DaprError)
      throw new InvokeError(appId, operation, { code: error.code, cause: error })
    throw error
  }
}

function assertFromApp(answered: TextAnswer, { target: { appId }, operation }: OutgoingCall): void {
  const failure = failureOfSidecar(answered, appId)
  if (failure) throw new InvokeError(appId, operation, failure)
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
function failureOfSidecar({ answer, text }: TextAnswer, appId: string): Failure | undefined {
  const { status } = answer
  if (status < 400) return undefined
  const type = answer.headers.get('content-type')
  if (type === 'application/json') {
    const body = parseBody(text)
    const { errorCode, message } = (body ?? {}) as { errorCode?: unknown; message?: unknown }
    if (errorCode !== 'ERR_DIRECT_INVOKE' || typeof message !== 'string') return undefined
    const isOfThisCall = message.startsWith(`failed to invoke, id: ${appId}, `)
    if (!isOfThisCall && !othersOfSidecar.includes(message)) return undefined
    return isTooLarge(message)
      ? { status: 413, code: 'BODY_TOO_LARGE', body }
      : { status, code: errorCode, body }
  }
  if (status !== 401 || !type?.startsWith('text/plain') || text !== 'invalid api token\n') return undefined
  return { status, code: 'INVALID_API_TOKEN', body: text }
}

const othersOfSidecar = [
  'failed getting app id either from the URL path or the header dapr-app-id',
  'invoke API is not ready',
]

/** The sidecar says 500, cuts the body at its limit and sometimes finds out only from what it then sends. */
function isTooLarge(message: string): boolean {
  return message.endsWith('stream too large') || /ContentLength=\d+ with Body length \d+$/.test(message)
}
