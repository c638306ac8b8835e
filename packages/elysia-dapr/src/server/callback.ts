import { type AnyElysia, type Context, Elysia } from 'elysia'
import { refuseOtherApps } from './guard.ts'
import { type Deciding, ownAnswer } from './own-answer.ts'
import { jsonOf } from './payload.ts'
import type { Declaration } from './subscription.ts'

/** What the plugin has to know of a route that only the sidecar may call. */
export interface Callback {
  /** The subscription that daprd delivers to this route. */
  subscription?: Declaration
  /** The only path that daprd calls it at: it is of no use below a prefix. */
  calledAt?: string
  started?: Started
  /** What the body is given as. @default JSON, else text */
  body?: 'bytes'
}

/** Told when the app listens, and when daprd has started and found the app. */
export type Started = (who: 'app' | 'sidecar') => void

/** What a callback handles. */
export type CallbackContext = Pick<Context, 'request' | 'body' | 'params'>

/**
 * A handler of a callback failed: daprd tries again. The error itself is the `cause`. The app's `onError` is told of it,
 * and whatever that answers, daprd gets a 500: it takes a 404 for done with.
 */
export class CallbackError extends Error {
  override readonly name = 'CallbackError'
  readonly status = 500
}

/** Key of a callback in the route's `detail`, where the plugin finds it. */
const detailKey = 'x-dapr-callback'

/**
 * A route that daprd posts to, and no other app. `path` may end in `/*`. Its body is JSON if it can be read as such,
 * with integers kept as by `parseExactly`, else the text, and `undefined` when there is none; or its bytes, if the detail
 * says so and no parser of the app has come first.
 */
export function callback(
  path: string,
  handle: (context: CallbackContext) => Response | Promise<Response>,
  detail: Callback = {},
): Elysia {
  async function receive(context: Deciding): Promise<Response> {
    // Elysia makes only what it sees to be asked for: a rest, or a call with the context, would have it make all.
    const { request, body, params, daprCallbackGuard: guard = refuseOtherApps } = context
    try {
      const decided = guard(request) ?? handle({ request, body: parse(body), params })
      // To await what is there would take a turn of its own.
      context.daprAnswer = decided instanceof Response ? decided : await decided
      return context.daprAnswer
    } catch (cause) {
      throw new CallbackError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }
  function assertCalled(app: AnyElysia): void {
    // On Node the adapter hands over itself.
    if (!('routes' in app)) return
    // Elysia lets a later route of the same path take the place of this one, and tells nobody.
    if (!app.routes.some(({ handler }) => handler === receive)) {
      throw new Error(`two routes answer POST ${path}: only one can get what daprd sends`)
    }
    if (isListed(app)) return
    const fault = new Error(`daprd would not learn of POST ${path}: the app has to use dapr()`)
    if (app.modules.size === 0) throw fault
    // It may be loaded later. If it is not, the rejection ends the process: `listen` has returned.
    void app.modules.then(() => {
      if (!isListed(app)) throw fault
    })
  }

  // No name: Elysia takes two plugins of one name and seed for the same, and would drop the second's hooks.
  return new Elysia().onStart(assertCalled).post(path, receive as never, {
    // Elysia's parser of JSON answers 400 where it is broken, which daprd retries. A parser of our own would take longer:
    // Elysia then asks for the type of every body.
    parse: detail.body === 'bytes' ? 'arrayBuffer' : 'text',
    detail: { hide: true, [detailKey]: detail } as { hide: true },
    ...(ownAnswer as object),
  }) as unknown as Elysia
}

function isListed(app: AnyElysia): boolean {
  return app.routes.some(({ path }) => path.endsWith('/dapr/subscribe'))
}

/** The callbacks of an app with their paths, in the order in which they were added. */
export function callbacksOf(app: AnyElysia): (Callback & { path: string })[] {
  return app.routes.flatMap(({ path, hooks }) => {
    const found = (hooks as { detail?: Record<string, unknown> } | undefined)?.detail?.[detailKey]
    return found ? [{ ...(found as Callback), path }] : []
  })
}

/** A parser of the app may have come first. */
function parse(body: unknown): unknown {
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (body === '') return undefined
  return typeof body === 'string' ? jsonOf(body) : body
}
