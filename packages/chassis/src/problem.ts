import type { Elysia } from 'elysia'
import { DaprError, InvokeError, UnsupportedMediaTypeError } from 'elysia-dapr'
import type { Logger } from './logger.ts'
import { allowedMethods } from './method-not-allowed.ts'

/** A problem document. Source: RFC 9457, section 3; `code` is an extension member that never changes. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail?: string
  code: string
}

/** Members of its own that a problem adds. */
type Extra = Record<string, unknown> & { [Member in keyof ProblemDocument]?: never }

/** An expected failure. Throw it from a handler; the caller gets its problem document. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly extra: Extra

  /** `code` is stable and for programs, `detail` for people; `extra` members are added to the document. */
  constructor(status: number, code: string, detail?: string, extra: Extra = {}) {
    super(detail ?? code)
    this.status = status
    this.code = code
    this.extra = extra
  }
}

/**
 * Answers every error with a problem document, and never with a stack or an internal text: what is not expected
 * is logged and answered as 500 `internal`. Use it before the routes, or they do not have it.
 */
export function problems(log: Logger) {
  return function problemsPlugin(app: Elysia): Elysia {
    return app.onError(({ error, code, request, route, path }) => {
      const problem = code === 'NOT_FOUND' ? notFound(app, path) : toProblem(error, code)
      if (problem.status >= 500) log.error({ err: error, method: request.method, route }, 'request failed')
      return respond(problem)
    }) as unknown as Elysia
  }
}

function respond({ status, code, message, extra, headers }: Answerable): Response {
  const document = {
    type: `urn:shop:problem:${code}`,
    title: titleOf(code),
    status,
    ...(message !== code && { detail: message }),
    code,
    ...extra,
  } satisfies ProblemDocument
  return new Response(JSON.stringify(document), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

type Answerable = Pick<Problem, 'status' | 'code' | 'message' | 'extra'> & {
  headers?: Record<string, string>
}

function toProblem(error: unknown, kind: unknown): Answerable {
  if (error instanceof Problem) return error
  // Elysia wraps what a body parser throws
  if (error instanceof Error && error.cause instanceof Problem) return error.cause
  if (error instanceof DaprError && error.code === 'ABORTED') return clientGone()
  if (error instanceof InvokeError) return fromInvocation(error)
  if (error instanceof DaprError) return error.retryable ? unavailable() : internal()
  if (error instanceof UnsupportedMediaTypeError) return new Problem(error.status, error.code, error.message)
  switch (kind) {
    case 'PARSE':
      return new Problem(400, 'malformed-body', 'The body is not the JSON that its content-type promises.')
    case 'VALIDATION':
      return fromValidation(error as ValidationFailure)
    case 'INVALID_COOKIE_SIGNATURE':
      return new Problem(400, 'invalid-cookie', 'The cookie is not one that this service has set.')
    default:
      return internal()
  }
}

function notFound(app: Elysia, path: string): Answerable {
  const allow = allowedMethods(app, path)
  if (allow.length === 0) return new Problem(404, 'not-found', 'There is nothing at this path.')
  const problem = new Problem(405, 'method-not-allowed', `This path answers ${allow.join(', ')}.`)
  return Object.assign(problem, { headers: { allow: allow.join(', ') } })
}

/** A failure that the contract of another service declares is the caller's; any other one is ours. */
function fromInvocation(error: InvokeError): Answerable {
  const { body, status } = error
  if (error.expected && isProblemDocument(body)) {
    const { type: _type, title: _title, status: _status, detail, code, ...extra } = body
    return { status, code, message: detail ?? code, extra }
  }
  return error.retryable ? unavailable() : internal()
}

interface ValidationFailure {
  type: string
  all: { path?: string; message?: string }[]
}

const parts: Record<string, string> = { params: 'path', query: 'query', headers: 'header', body: 'body' }

function fromValidation({ type, all }: ValidationFailure): Answerable {
  if (type === 'response') return internal()
  const [first] = all
  const where = first?.path ? ` at ${first.path}` : ''
  const why = first?.message ? `: ${lowerFirst(first.message)}` : ''
  return new Problem(
    422,
    type === 'body' ? 'invalid-body' : 'invalid-request',
    `The ${parts[type] ?? 'request'} is not valid${where}${why}.`,
  )
}

/** Nobody reads this answer; it keeps a client that went away out of the count of failures. */
function clientGone(): Answerable {
  return new Problem(499, 'client-closed-request', 'The client went away before the answer.')
}

function unavailable(): Answerable {
  const problem = new Problem(
    503,
    'unavailable',
    'A service that is needed does not answer now. Try again later.',
  )
  return Object.assign(problem, { headers: { 'retry-after': '1' } })
}

function internal(): Answerable {
  return new Problem(500, 'internal', 'Something went wrong on our side.')
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function isProblemDocument(body: unknown): body is ProblemDocument {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
}
