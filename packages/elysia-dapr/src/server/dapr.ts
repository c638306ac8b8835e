import { createHash, timingSafeEqual } from 'node:crypto'
import type { Elysia } from 'elysia'
import { callbacksOf } from './callback.ts'
import type { Subscription } from './subscribe.ts'

export interface DaprOptions {
  /** Token that the sidecar sends with every request. @default `APP_API_TOKEN`; without one nothing is checked */
  appToken?: string | undefined
  /** Requests other than the sidecar's own callbacks need no token: for an app that people reach directly. @default false */
  public?: boolean
  /** Path of the health check; it needs no token, since daprd's probe sends none. @default `/healthz` */
  healthPath?: string
  /**
   * Whether the app can do its work now. While it cannot, daprd delivers no events, and they wait at the broker.
   * Must answer within the probe's timeout (500 ms by default).
   * @default always
   */
  healthy?: () => boolean | Promise<boolean>
}

/**
 * Makes an Elysia app one that daprd can call: lists its subscriptions, answers its health check, checks its token.
 * Use it on the app that listens, before anything else, so that its check comes first.
 *
 * Refuses with 401 what lacks the token, and with 403 a callback that another app sends through the mesh.
 * Two subscriptions to one topic end `listen` with an error.
 * Source: https://docs.dapr.io/operations/security/app-api-token/
 */
export function dapr({
  appToken = process.env.APP_API_TOKEN,
  public: isPublic = false,
  healthPath = '/healthz',
  healthy = () => true,
}: DaprOptions = {}) {
  return function daprPlugin(app: Elysia): Elysia {
    let isCallback: ((path: string) => boolean) | undefined

    // Bun routes by the URL, Elysia by the text from a fixed place on, which a short Host header shifts: judge both.
    function guard({ request, path }: { request: Request; path: string }): Response | undefined {
      const paths = [path, pathOf(request.url)].map(withoutTrailingSlash)
      if (paths.every(path => path === healthPath)) return undefined
      isCallback ??= callbackPaths(app)
      const fromSidecar = paths.some(isCallback)
      if (fromSidecar && request.headers.has('dapr-caller-app-id')) {
        return refuse(403, 'Forbidden', 'Only the own sidecar may call this.')
      }
      if (
        appToken &&
        (fromSidecar || !isPublic) &&
        !sameToken(request.headers.get('dapr-api-token'), appToken)
      ) {
        return refuse(401, 'Unauthorized', 'The app API token is missing or wrong.')
      }
      return undefined
    }

    return app
      .onStart(() => void subscriptions(app))
      .onRequest(guard as never)
      .get('/dapr/subscribe', () => subscriptions(app), { detail: { hide: true } })
      .get(
        healthPath,
        async ({ set }) => {
          set.status = (await healthy()) ? 204 : 503
        },
        { detail: { hide: true } },
      ) as unknown as Elysia
  }
}

/** @throws Error when two routes subscribe to one topic: daprd would only log it and drop one of them. */
function subscriptions(app: Elysia): Subscription[] {
  const found = new Map<string, Subscription>()
  for (const { subscription } of callbacksOf(app)) {
    if (!subscription) continue
    const key = `${subscription.pubsubname}/${subscription.topic}`
    if (found.has(key))
      throw new Error(`two subscriptions to ${key}: one app can have only one default route for a topic`)
    found.set(key, subscription)
  }
  return [...found.values()]
}

/** Tells the paths that only the sidecar may call. */
function callbackPaths(app: Elysia): (path: string) => boolean {
  const exact = new Set(['/dapr/subscribe', '/dapr/config'])
  const prefixes: string[] = []
  for (const { path } of callbacksOf(app)) {
    if (path.endsWith('/*')) prefixes.push(path.slice(0, -1))
    else exact.add(path)
  }
  return path => exact.has(path) || prefixes.some(prefix => path.startsWith(prefix))
}

/** A problem document. Source: RFC 9457, section 3 */
function refuse(status: number, title: string, detail: string): Response {
  const document = { type: 'about:blank', title, status, detail, code: title.toLowerCase() }
  return Response.json(document, { status, headers: { 'content-type': 'application/problem+json' } })
}

/** Compares digests, so that neither the content nor the length of the token shows in the time it takes. */
function sameToken(given: string | null, wanted: string): boolean {
  return given !== null && timingSafeEqual(sha256(given), sha256(wanted))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.indexOf('?', start)
  return end === -1 ? url.slice(start) : url.slice(start, end)
}

/** Elysia answers `/path/` like `/path`. */
function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
