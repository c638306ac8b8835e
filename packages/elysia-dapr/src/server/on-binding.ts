import type { Static, TSchema } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Binding } from '../contract.ts'
import { type CallbackContext, callback } from './callback.ts'
import { refuseOtherApps } from './guard.ts'
import type { Handled } from './outcome.ts'
import { type Deciding, deciding, ownRoute } from './own-answer.ts'
import { done, type HandlerOptions, handlerRunner } from './run-handler.ts'

/** What the handler of `onBinding` gets. */
export interface BindingContext<Data> {
  readonly data: Data
  /** What the binding tells beside has its names here, among the headers of the request: never trust what others set. */
  readonly headers: Headers
  /** Aborted at the time-out, and when daprd no longer waits for the answer. */
  readonly signal: AbortSignal
}

/** Where `onBinding` listens, and how long its handler may take. */
export interface OnBindingOptions extends HandlerOptions<unknown> {
  /** Path that daprd delivers to: what the component's metadata say as `route`. @default `/<name>` */
  route?: string
}

/**
 * Handles what an input binding delivers. It is acknowledged when the handler returns, and when it returns
 * `drop(reason)`; when it throws or returns `retry(reason)` daprd tries again as an inbound resiliency policy says, and
 * then tells the component, of which most deliver again and some do not (`bindings.cron`).
 *
 * Data are the bytes for a schema of `Type.Uint8Array()`, else JSON if that fits the schema, else text if that does, or
 * bytes that are no text; `undefined` when there are none. What does not fit the schema is dropped: it would fail for
 * ever, and a binding has no dead letters.
 *
 * The handler runs in a span `binding <name>` where OpenTelemetry is set up. Put the result into the app by `use`,
 * beside `dapr()`.
 * @throws TypeError for a route that is no path, and for a timeout that is none
 * Source: https://docs.dapr.io/reference/api/bindings_api/#bind-to-input-bindings
 *
 * @example
 * app.use(onBinding(binding('nightly'), () => cleanUp()))
 */
export function onBinding<Data extends TSchema>(
  binding: Binding<Data>,
  handler: (context: BindingContext<Static<Data>>) => Handled,
  { route = `/${binding.name}`, ...options }: OnBindingOptions = {},
): Elysia {
  if (!plainPath.test(route)) {
    throw new TypeError(`${route} is no route for a binding: it has to be a path such as /new-file`)
  }
  const span = { name: `binding ${binding.name}`, attributes: { 'dapr.binding.name': binding.name } }
  const run = handlerRunner<Data, unknown>(binding.data, span, { onDrop: tellOf(binding.name), ...options })

  function receive({ body, request }: CallbackContext): Promise<Response> {
    return run({
      body,
      request,
      given: data => data,
      handle: (data, signal) =>
        handler({
          data,
          headers: request.headers,
          get signal() {
            return signal()
          },
        }),
    })
  }

  // daprd asks by OPTIONS whether to read the binding for this app.
  function answerOptions({ request, daprCallbackGuard: guard = refuseOtherApps }: Deciding): Response {
    return guard(request) ?? done()
  }

  return new Elysia()
    .use(callback(route, receive, { calledAt: route, body: 'bytes' }))
    .options(route, deciding(answerOptions), ownRoute) as unknown as Elysia
}

const plainPath = /^(\/[\w.~!$&'()+,;=@%-]+)+$/

function tellOf(name: string): (data: unknown, reason: string) => void {
  return (_, reason) => console.error(`something of the binding ${name} was dropped: ${reason}`)
}
