import { type Treaty, treaty } from '@elysiajs/eden'
import type { AnyElysia } from 'elysia'
import { handOn, send } from './client/invoke-send.ts'
import { targetOf } from './client/invoke-target.ts'
import { segment } from './client/segment.ts'
import type { CallOptions, Sidecar } from './client/sidecar.ts'

/** For every call of the app. */
export interface EdenOptions extends CallOptions {
  /** Eden's own settings. Dates stay texts unless `parseDate` is true: Eden would make dates of any text that looks like one. */
  config?: Omit<Treaty.Config, 'fetcher' | 'keepDomain'>
}

/**
 * Eden over the sidecar, for services of one codebase: the type of an app is all that its caller imports of it.
 * Needs the package `@elysiajs/eden`.
 *
 * A call resolves with what the app answers, as `data` or as `error`, and rejects with what the sidecar says in its
 * place. Give a call its own signal by `{ fetch: { signal } }`. A parameter may hold any text, also a slash.
 * Other than `client`, Eden checks no answer against a schema, and it rounds integers beyond 2^53.
 * @throws InvokeError, TypeError as `invoke` does, TypeError for `subscribe`: no WebSocket goes through a sidecar
 * Source: https://elysiajs.com/eden/overview, https://docs.dapr.io/reference/api/service_invocation_api/
 *
 * @example
 * import type { App } from '../orders/app.ts'
 * const orders = invoke<App>(sidecar(), 'orders')
 * const { data, error } = await orders.orders({ id: 'a/b' }).get()
 */
export function invoke<App extends AnyElysia>(
  sidecar: Sidecar,
  appId: string,
  { config, ...options }: EdenOptions = {},
): Treaty.Create<App> {
  const target = targetOf(appId)

  async function fetcher(url: string, init: RequestInit = {}): Promise<Response> {
    const path = url.slice(origin.length)
    const operation = `${init.method} ${new URL(url).pathname}`
    return handOn(await send(sidecar, { target, operation, path, init, options }))
  }

  const api = treaty<App>(origin, { parseDate: false, ...config, fetcher: fetcher as typeof fetch })
  return withAnyParameter(api as unknown as Step) as unknown as Treaty.Create<App>
}

/** Stands for the app in the URLs that Eden makes. */
const origin = 'http://app'

type Step = (...args: unknown[]) => unknown

/** A path that Eden builds up step by step: `name` is the last of them, and none after a parameter. */
function withAnyParameter(path: Step, name?: string): Step {
  return new Proxy(path, {
    get(_, key) {
      const next: unknown = Reflect.get(path, key)
      return typeof next === 'function' ? withAnyParameter(next as Step, String(key)) : next
    },
    apply(_, __, args: unknown[]) {
      if (name === 'subscribe') throw new TypeError('no WebSocket goes through a sidecar')
      if (name !== undefined && methods.has(name)) return rejecting(path(...args) as Promise<Settled>)
      return withAnyParameter(path(encodedParameters(args[0])) as Step)
    },
  })
}

const methods = new Set(['get', 'post', 'put', 'delete', 'patch', 'options', 'head', 'connect'])

/** Eden puts a parameter into the path as it is. */
function encodedParameters(given: unknown): Record<string, string> {
  const entries = Object.entries(given as Record<string, unknown>)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, segment(`the parameter ${name}`, String(value))]),
  )
}

type Settled = { error: unknown }

/** Eden makes an answer of status 503 of whatever its fetcher rejects with. */
async function rejecting(call: Promise<Settled>): Promise<Settled> {
  const settled = await call.catch((error: unknown) => {
    throw causeOf(error) ?? error
  })
  const cause = causeOf(settled.error)
  if (cause) throw cause
  return settled
}

function causeOf(error: unknown): Error | undefined {
  const value = typeof error === 'object' && error !== null && 'value' in error ? error.value : undefined
  return value instanceof Error ? value : undefined
}
