import pRetry from 'p-retry'
import { messageOf } from '../../dapr/install/errors.ts'

export interface Reply {
  status: number
  /** Parsed JSON; undefined when the body is not JSON. */
  body: unknown
  /** Attempts beyond the first. */
  retries: number
}

export interface HttpOptions {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  /** No further attempt after so many milliseconds. Default: that of the client. */
  patience?: number
}

export interface RetryPolicy {
  /** Attempts after the first. Default 60. */
  retries?: number
  /** First pause in milliseconds, growing by half at each attempt. Default 100. */
  minTimeout?: number
  /** Longest pause in milliseconds. Default 2,000. */
  maxTimeout?: number
  /** No further attempt after so many milliseconds. Default 90,000. */
  maxRetryTime?: number
}

/** Sends one request until it has an answer that means something. Safe to repeat is the caller's promise. */
export type Http = (path: string, options?: HttpOptions) => Promise<Reply>

/** The shop, or a part of it, is away for the moment. */
const transient = new Set([429, 502, 503, 504])

/** How long one attempt may take, in milliseconds, its body included. */
const attemptTimeout = 15_000

/** The last attempt had no answer that means something. */
export class TransientError extends Error {
  /** Undefined when there was no answer at all. */
  readonly status: number | undefined

  constructor(message: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(message, { cause })
    this.status = status
  }
}

/**
 * A client of one origin that tries again after network errors, 429, 502, 503 and 504.
 * Throws when the attempts have run out, with the last failure as its message; from then on every path gets
 * one attempt only, until one is answered: a shop that is gone must not cost the whole patience each time. A request
 * with a patience of its own says nothing of the others.
 */
export function createHttp(origin: string, policy: RetryPolicy = {}): Http {
  const { retries = 60, minTimeout = 100, maxTimeout = 2_000, maxRetryTime = 90_000 } = policy
  let isGone = false
  return async function http(path, options = {}) {
    try {
      const reply = await pRetry(attempt => once(origin + path, options, attempt - 1), {
        retries: isGone ? 0 : retries,
        minTimeout,
        maxTimeout,
        maxRetryTime: options.patience ?? maxRetryTime,
        factor: 1.5,
        shouldRetry: ({ error }) => error instanceof TransientError,
      })
      isGone = false
      return reply
    } catch (error) {
      if (options.patience === undefined) isGone = true
      throw error
    }
  }
}

async function once(url: string, options: HttpOptions, retries: number): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = options
  const reply = await fetch(url, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(attemptTimeout),
  })
    .then(async response => ({ status: response.status, text: await response.text() }))
    .catch(cause => {
      throw new TransientError(`${method} ${url}: ${messageOf(cause)}`, { cause })
    })
  const { status } = reply
  if (transient.has(status)) throw new TransientError(`${method} ${url}: answered ${status}`, { status })
  return { status, body: parse(reply.text), retries }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
