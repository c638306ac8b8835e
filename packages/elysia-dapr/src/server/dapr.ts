import type { AnyElysia, Context, Elysia } from 'elysia'
import { callbacksOf } from './callback.ts'
import { guardKey, refuseOtherApps, tokenGuard } from './guard.ts'
import { unhandledJobs } from './on-job.ts'
import { deciding, ownRoute } from './own-answer.ts'
import { subscriptionsOf } from './subscription.ts'

/** What `dapr()` lets in, and what it says of the health of the app. */
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
 * Subscriptions may come before or after it, and may be in apps that this one uses, also below a prefix. Loaded lazily it
 * guards nothing until it is there: await `app.modules` before `listen`.
 *
 * Refuses with 401 what lacks the token, and with 403 a callback that another app sends through the mesh. Use it before
 * other hooks, so that this check comes first.
 *
 * What is wrong with the subscriptions and other callbacks ends `listen` with an error: daprd would only log it, or
 * nobody would. A job that no `onJob` handles fails: daprd would take a 404 for done.
 * Source: https://docs.dapr.io/operations/security/app-api-token/
 */
export function dapr({
  appToken = process.env.APP_API_TOKEN,
  public: isPublic = false,
  healthPath = '/healthz',
  healthy = () => true,
}: DaprOptions = {}) {
  return function daprPlugin(app: Elysia): Elysia {
    let started: AnyElysia | undefined
    // Loaded after the app has begun to listen, nobody tells it which app that is.
    const listening = () => started ?? rootOf(app)
    const requireToken = tokenGuard(appToken)
    const guardCallback = (request: Request) =>
      refuseOtherApps(request) ?? (isPublic ? requireToken(request) : undefined)

    function guardAll({ request, path }: Context): Response | undefined {
      // Bun routes by the URL, Elysia by the text from a fixed place on, which a short Host header shifts: judge both.
      if (path === healthPath && pathOf(request.url) === healthPath) return undefined
      return requireToken(request)
    }

    /** daprd asks for it first of all, whatever components it has, and whenever it starts. */
    function answerConfig({ request }: Context): Response {
      const refusal = guardCallback(request)
      if (refusal) return refusal
      tellStarted('sidecar')
      return Response.json({})
    }

    function answerSubscribe({ request }: Context): Response {
      return guardCallback(request) ?? Response.json(subscriptionsOf(listening()))
    }

    async function answerHealth(): Promise<Response> {
      return new Response(null, { status: (await healthy()) ? 204 : 503 })
    }

    function tellStarted(who: 'app' | 'sidecar'): void {
      for (const { started } of callbacksOf(listening())) started?.(who)
    }

    if (appToken && !isPublic) app.onRequest(guardAll as never)
    return app
      .onStart(listener => {
        // On Node the adapter hands over itself.
        started = 'routes' in listener ? listener : app
        assertReachable(started)
        subscriptionsOf(started)
        tellStarted('app')
      })
      .decorate(guardKey, guardCallback)
      .get('/dapr/subscribe', deciding(answerSubscribe), ownRoute)
      .get('/dapr/config', deciding(answerConfig), ownRoute)
      .use(unhandledJobs())
      .get(healthPath, deciding(answerHealth), ownRoute) as unknown as Elysia
  }
}

function assertReachable(app: AnyElysia): void {
  if (app.routes.some(({ path }) => path === '/dapr/subscribe')) return
  throw new Error('daprd would not find the subscriptions: use dapr() without a prefix')
}

/** Elysia's types hide the method. */
function rootOf(app: AnyElysia): AnyElysia {
  const parent = (app as unknown as { getParent?(): AnyElysia | null }).getParent?.()
  return parent ? rootOf(parent) : app
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.indexOf('?', start)
  return end === -1 ? url.slice(start) : url.slice(start, end)
}
