import { type Context, Elysia } from 'elysia'
import type { Subscription } from './subscribe.ts'

/** What the plugin has to know of a route that only the sidecar may call. */
export interface Callback {
  /** What `GET /dapr/subscribe` says of it. */
  subscription?: Subscription
}

/** Key of a callback in the route's `detail`, where the plugin finds it. */
const detailKey = 'x-dapr-callback'

/**
 * A route that daprd posts to. `path` may end in `/*`. Its body is JSON if it can be read as such, else the text,
 * and `undefined` when there is none.
 */
export function callback(path: string, handle: (context: Context) => unknown, detail: Callback = {}): Elysia {
  // No name: Elysia takes two plugins of one name and seed for the same, and would drop the second's hooks.
  return new Elysia().post(path, handle as never, {
    parse: parseBody,
    detail: { hide: true, [detailKey]: detail } as { hide: true },
  }) as unknown as Elysia
}

/** The callbacks of an app with their paths, in the order in which they were added. */
export function callbacksOf(app: Elysia): (Callback & { path: string })[] {
  return app.routes.flatMap(({ path, hooks }) => {
    const found = hooks?.detail?.[detailKey] as Callback | undefined
    return found ? [{ ...found, path }] : []
  })
}

/** Elysia knows no parser for `application/cloudevents+json`, and answers 400 for broken JSON, which daprd retries. */
async function parseBody({ request }: { request: Request }): Promise<unknown> {
  const text = await request.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
