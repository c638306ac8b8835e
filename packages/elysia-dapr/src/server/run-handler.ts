import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { inSpan } from '../tracing.ts'
import { handleInTime } from './handle-in-time.ts'
import type { Handled, Outcome } from './outcome.ts'

/** Options of a handler of what is not an event. */
export interface HandlerOptions<Dropped> {
  /** Longest time for the handler, in milliseconds, after which its `signal` is aborted. @default none */
  timeout?: number
  /** What becomes of what takes longer. @default `retry` */
  onTimeout?: 'retry' | 'drop'
  /**
   * Told of what is dropped: data that do not fit, or by the handler. There is no dead-letter topic.
   * @default a line on the console
   */
  onDrop?: (dropped: Dropped, reason: string) => void
}

interface Work<Data> {
  data: unknown
  request: Request
  onDrop: (reason: string) => void
  handle: (data: Data, signal: () => AbortSignal) => Handled
}

/**
 * Runs a handler for data that fit the schema, in a span that continues the trace of the request, and in its time;
 * answers as it ends.
 * @throws TypeError for a timeout that is none
 */
export function handlerRunner<Data extends TSchema>(
  schema: Data,
  span: { name: string; attributes: Record<string, string> },
  { timeout, onTimeout = 'retry' }: Pick<HandlerOptions<never>, 'timeout' | 'onTimeout'>,
): (work: Work<Static<Data>>) => Promise<Response> {
  if (timeout !== undefined && !(timeout > 0 && timeout <= longestTimer)) {
    throw new TypeError(
      `${timeout} is no timeout of ${span.name}: it has to be between 0 and ${longestTimer} ms`,
    )
  }
  const check = TypeCompiler.Compile(schema)

  return async function run({ data, request, onDrop, handle }) {
    if (!check.Check(data)) {
      const problem = check.Errors(data).First()
      onDrop(`data${problem?.path ?? ''}: ${problem?.message ?? 'does not fit the schema'}`)
      return done()
    }
    const outcome = await inSpan<Promise<Outcome>>(
      () => ({ ...span, kind: 'consumer', parent: key => request.headers.get(key) ?? undefined }),
      async fail => {
        const { late, result } = await handleInTime(signal => handle(data, signal), request, {
          timeout,
          onTimeout,
        })
        const outcome = late ?? result
        if (outcome && 'retry' in outcome) fail(outcome.retry)
        return outcome
      },
    )
    if (outcome && 'retry' in outcome) return failed(outcome.retry)
    if (outcome) onDrop(outcome.drop)
    return done()
  }
}

/** What a timer can hold: a longer one is due at once. */
const longestTimer = 2 ** 31 - 1

/** No other status is a success everywhere. */
export function done(): Response {
  return new Response(null, { status: 200 })
}

/** daprd tries again, as its policy says, and logs it. */
export function failed(reason: string): Response {
  const document = { type: 'about:blank', title: 'Not done', status: 500, detail: reason, code: 'not-done' }
  return Response.json(document, { status: 500, headers: { 'content-type': 'application/problem+json' } })
}
