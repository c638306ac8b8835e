import type { Static, TSchema } from '@sinclair/typebox'
import { inSpan } from '../tracing.ts'
import { assertTimeout, handleInTime } from './handle-in-time.ts'
import { type Handled, type Outcome, outcomeOf } from './outcome.ts'
import { type Payload, payloadReader } from './payload.ts'

/** Options of a handler of what is not an event. */
export interface HandlerOptions<Given> {
  /** Longest time for the handler, in milliseconds, after which its `signal` is aborted. @default none */
  timeout?: number
  /** What becomes of what takes longer. @default `retry` */
  onTimeout?: 'retry' | 'drop'
  /**
   * Told of what is dropped: data that do not fit, or by the handler. There is no dead-letter topic. daprd waits for it;
   * when it throws or rejects nothing is dropped but retried, so that it can store what would be lost.
   * @default a line on the console
   */
  onDrop?: (dropped: Given, reason: string) => unknown
  /**
   * Told of what the handler asked to retry without an error, or did not handle in time. daprd waits for it.
   * @default nothing
   */
  onRetry?: (retried: Given, reason: string) => unknown
}

interface Work<Data, Given> {
  body: unknown
  request: Request
  /** What the options are told of. */
  given: (data: unknown) => Given
  handle: (data: Data, signal: () => AbortSignal) => Handled
}

/**
 * Runs a handler for a body that fits the schema, in a span that continues the trace of the request, and in its time;
 * answers as it ends.
 * @throws TypeError for a timeout that is none
 */
export function handlerRunner<Data extends TSchema, Given>(
  schema: Data,
  span: { name: string; attributes: Record<string, string> },
  {
    timeout,
    onTimeout = 'retry',
    onDrop,
    onRetry,
  }: HandlerOptions<Given> & Required<Pick<HandlerOptions<Given>, 'onDrop'>>,
): (work: Work<Static<Data>, Given>) => Promise<Response> {
  assertTimeout(span.name, timeout)
  const read = bodyReader(schema)

  return async function run({ body, request, given, handle }) {
    const { data, invalid } = read(body)
    if (invalid !== undefined) {
      await onDrop(given(data), invalid)
      return done()
    }
    const outcome = await inSpan<Promise<Outcome>>(
      () => ({ ...span, kind: 'consumer', parent: key => request.headers.get(key) ?? undefined }),
      async fail => {
        const { late, result } = await handleInTime(signal => handle(data, signal), request, {
          timeout,
          onTimeout,
        })
        const outcome = late ?? outcomeOf(result)
        if (outcome && 'retry' in outcome) fail(outcome.retry)
        return outcome
      },
    )
    if (!outcome) return done()
    if ('retry' in outcome) {
      await onRetry?.(given(data), outcome.retry)
      return failed(outcome.retry)
    }
    await onDrop(given(data), outcome.drop)
    return done()
  }
}

/** No body is `undefined`, and an empty one only where that does not fit. */
function bodyReader<Data extends TSchema>(schema: Data): (body: unknown) => Payload<Static<Data>> {
  const payload = payloadReader(schema)
  return function read(body) {
    if (!(body instanceof Uint8Array)) return payload.check(body)
    if (body.byteLength > 0) return payload.read(body)
    const nothing = payload.check(undefined)
    const empty = payload.read(body)
    return nothing.invalid === undefined || empty.invalid !== undefined ? nothing : empty
  }
}

/** No other status is a success everywhere. */
export function done(): Response {
  return new Response(null, { status: 200 })
}

/** daprd tries again, as its policy says, and logs it. */
export function failed(reason: string): Response {
  const document = { type: 'about:blank', title: 'Not done', status: 500, detail: reason, code: 'not-done' }
  return Response.json(document, { status: 500, headers: { 'content-type': 'application/problem+json' } })
}
