import { setTimeout } from 'node:timers/promises'
import { DaprError } from '../errors.ts'
import { parseExactly } from '../exact-json.ts'
import { injectTrace } from '../tracing.ts'

/** Where the sidecar is, and how to call it. */
export interface SidecarOptions {
  /** Base address of the sidecar's HTTP API. @default `DAPR_HTTP_ENDPOINT`, else http://127.0.0.1:`DAPR_HTTP_PORT` (3500) */
  endpoint?: string
  /** Token that the sidecar asks for. @default `DAPR_API_TOKEN` */
  apiToken?: string
  /** Longest time for one call, in milliseconds; Infinity for no limit. @default 10_000 */
  timeout?: number
  /** @default globalThis.fetch */
  fetch?: (request: Request) => Promise<Response>
}

/** What every call takes. */
export interface CallOptions {
  /** Gives the call up: it rejects with `ABORTED`. @default none */
  signal?: AbortSignal
  /** In milliseconds; Infinity for no limit. @default the sidecar's */
  timeout?: number
}

/** The Dapr sidecar of this process. */
export interface Sidecar {
  readonly endpoint: string
  /**
   * Sends one request; trace context and baggage of the active span go with it. Resolves with the whole answer. Signals
   * of `init` and `options` both end it.
   * @throws DaprError `UNREACHABLE`, `TIMEOUT` or `ABORTED`; an answer of any status resolves.
   * @throws TypeError for arguments that no request can be made of, and for an `endpoint` that is no http URL.
   */
  request(path: string, init?: RequestInit, options?: CallOptions): Promise<Response>
}

/** An answer whose body was read as text. */
export interface TextAnswer {
  answer: Pick<Response, 'ok' | 'status' | 'headers'>
  text: string
}

type Exchange = <Read>(
  read: (answer: Response) => Promise<Read>,
  path: string,
  init?: RequestInit,
  options?: CallOptions,
) => Promise<Read>

/** What is behind the `request` of each sidecar; one that somebody has put in its place has nothing behind it. */
const exchanges = new WeakMap<Sidecar['request'], Exchange>()

/** Describes the sidecar to talk to; it connects to nothing by itself. */
export function sidecar(options: SidecarOptions = {}): Sidecar {
  const endpoint =
    options.endpoint ??
    (process.env.DAPR_HTTP_ENDPOINT || `http://127.0.0.1:${process.env.DAPR_HTTP_PORT || '3500'}`)
  const apiToken = options.apiToken ?? process.env.DAPR_API_TOKEN
  const defaultTimeout = options.timeout ?? 10_000

  const send: Exchange = async (read, path, init = {}, { signal, timeout = defaultTimeout } = {}) => {
    const headers = new Headers(init.headers)
    if (apiToken) headers.set('dapr-api-token', apiToken)
    injectTrace((key, value) => headers.set(key, value))
    const deadline = deadlineOf(timeout)
    const url = `${endpoint}${path}`
    if (!/^https?:\/\//i.test(url)) {
      throw new TypeError(`${endpoint} is no address of a sidecar: it has to look like http://127.0.0.1:3500`)
    }
    const { method = 'GET', body } = init
    if (body && /^(get|head)$/i.test(method)) {
      throw new TypeError(`a ${method} request has no body: use another method`)
    }
    const all = {
      ...init,
      headers,
      redirect: 'manual' as const,
      signal: firstOf([signal, init.signal, deadline]),
    }
    try {
      // A Request only where one is asked for: it is a tenth of what a call costs.
      const answer = await (options.fetch ? options.fetch(new Request(url, all)) : fetch(url, all))
      // Read here, or a body that stalls rejects later with something else than a DaprError.
      return await read(answer)
    } catch (cause) {
      if (signal?.aborted || init.signal?.aborted)
        throw new DaprError('the call was cancelled', { code: 'ABORTED', cause })
      if (deadline?.aborted) {
        throw new DaprError(`the sidecar did not answer within ${timeout} ms`, { code: 'TIMEOUT', cause })
      }
      // What is wrong with the arguments would pass for a sidecar that does not answer. A stream has been read by now.
      new Request(url, body instanceof ReadableStream ? { ...all, body: null } : all)
      throw new DaprError(`no sidecar answers at ${endpoint}`, { code: 'UNREACHABLE', cause })
    }
  }
  const request: Sidecar['request'] = (path, init, options) => send(whole, path, init, options)
  exchanges.set(request, send)
  return { endpoint, request }
}

/** As `request`, for a body that is text: making a Response anew of what was read is a part of a call that is felt. */
export async function requestText(
  sidecar: Sidecar,
  path: string,
  init?: RequestInit,
  options?: CallOptions,
): Promise<TextAnswer> {
  const send = exchanges.get(sidecar.request)
  return send ? send(asText, path, init, options) : asText(await sidecar.request(path, init, options))
}

async function asText(answer: Response): Promise<TextAnswer> {
  return { answer, text: answer.status === 204 ? '' : await answer.text() }
}

async function whole(answer: Response): Promise<Response> {
  if (answer.status === 204) return answer
  const bytes = await answer.arrayBuffer()
  return new Response(bytes.byteLength > 0 ? bytes : null, answer)
}

/**
 * Waits until the sidecar can take calls (`/v1.0/healthz/outbound`), which is before the app has to listen.
 * @throws DaprError `TIMEOUT` after `timeout` milliseconds (default 60_000), `ABORTED`
 * @throws TypeError for a `timeout` that is none
 */
export async function waitForSidecar(
  sidecar: Sidecar,
  { timeout = 60_000, signal }: CallOptions = {},
): Promise<void> {
  const deadline = performance.now() + timeout
  while (true) {
    const left = deadline - performance.now()
    if (left <= 0) {
      throw new DaprError(`the sidecar at ${sidecar.endpoint} was not ready within ${timeout} ms`, {
        code: 'TIMEOUT',
      })
    }
    const call = { timeout: Math.min(left, 2_000), ...(signal && { signal }) }
    const answer = await sidecar.request('/v1.0/healthz/outbound', {}, call).catch(error => {
      if (error instanceof DaprError && error.retryable) return undefined
      throw error
    })
    if (answer?.ok) return
    await setTimeout(50)
  }
}

/** Throws the error that Dapr's API describes in its body unless the answer is a success. */
export async function assertOk(answer: Response, action: string): Promise<Response> {
  if (answer.ok) return answer
  throw await toDaprError(answer, action)
}

export async function toDaprError(answer: Response, action: string): Promise<DaprError> {
  return daprErrorOf({ answer, text: await answer.text() }, action)
}

export function daprErrorOf({ answer, text: given }: TextAnswer, action: string): DaprError {
  const body = parseBody(given)
  const { errorCode, message } = (typeof body === 'object' && body !== null ? body : {}) as {
    errorCode?: unknown
    message?: unknown
  }
  const text = `${action}: ${typeof message === 'string' ? message : `status ${answer.status}`}`
  // Of a body above its limit daprd says whatever became of the call, 500 most often.
  if (text.endsWith('stream too large'))
    return new DaprError(text, { status: 413, code: 'BODY_TOO_LARGE', body })
  const code = typeof errorCode === 'string' ? errorCode : 'UNKNOWN'
  return new DaprError(text, { status: answer.status, code, body })
}

/**
 * The body as JSON when it is JSON, as text otherwise, `undefined` when there is none. An integer that no number can
 * hold comes as the text of its digits.
 */
export async function readBody(answer: Response): Promise<unknown> {
  return parseBody(await answer.text())
}

export function parseBody(text: string): unknown {
  if (text === '') return undefined
  try {
    return parseExactly(text)
  } catch {
    return text
  }
}

/** What a timer can hold: Node makes 1 ms of a longer one, and Bun and Node differ in which they refuse. */
const longestTimer = 2 ** 31 - 1

function deadlineOf(timeout: number): AbortSignal | undefined {
  if (timeout === Number.POSITIVE_INFINITY) return undefined
  if (timeout >= 0 && timeout <= longestTimer) return AbortSignal.timeout(Math.ceil(timeout))
  throw new TypeError(`${timeout} is no time-out: it is 0 to ${longestTimer}, in milliseconds, or Infinity`)
}

function firstOf(signals: (AbortSignal | null | undefined)[]): AbortSignal | null {
  const given = signals.filter(signal => signal != null)
  return given.length > 1 ? AbortSignal.any(given) : (given[0] ?? null)
}
