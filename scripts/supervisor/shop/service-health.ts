import { setTimeout as delay } from 'node:timers/promises'
import type { RunApp } from './runfile.ts'
import type { Security } from './service-parts.ts'

export type HealthListener = (app: RunApp, answers: boolean) => void

/** Asks each service through its sidecar every two seconds, and tells whether it answers. */
export function watchHealth(
  apps: RunApp[],
  { security, signal }: { security: Security | undefined; signal: AbortSignal },
  listener: HealthListener,
): void {
  for (const app of apps) watch(app)

  async function watch(app: RunApp): Promise<void> {
    while (!signal.aborted) {
      await delay(2000, undefined, { signal }).catch(() => {})
      const answer = await askThroughSidecar(app, security, signal)
      if (!signal.aborted) listener(app, isFromApp(app, answer))
    }
  }
}

export interface Silence {
  why: string
  /**
   * Whether the sidecar says that it is ready, with its app and all it has. Undefined when its circuit breaker answers
   * in its place, as after ten questions in vain: that says nothing new.
   */
  isReady: boolean | undefined
}

/** Undefined once the sidecar is ready with all it has and the service answers through it. */
export async function whySilent(
  app: RunApp,
  security: Security | undefined,
  signal: AbortSignal,
): Promise<Silence | undefined> {
  const ready = await askSidecar(app, signal)
  if (!isReady(ready)) return { why: `its sidecar is not ready: ${described(ready)}`, isReady: false }
  const answer = await askThroughSidecar(app, security, signal)
  if (isFromApp(app, answer)) return undefined
  const why = `through its sidecar comes ${described(answer)}`
  if (answer.text.includes('circuit breaker is open')) return { why, isReady: undefined }
  return { why, isReady: !answer.text.includes('app is not in a healthy state') }
}

/**
 * A scheduler whose predecessor was killed waits for that one's lease to end, 20 s that nothing shortens. Jobs begin
 * then; everything else is not kept waiting.
 */
function isReady({ status, text }: Answer): boolean {
  return isSuccess(status) || text.includes('dapr is not ready: [scheduler-watch-hosts]')
}

function askSidecar(app: RunApp, signal: AbortSignal): Promise<Answer> {
  return ask(`${api(app)}/healthz`, { signal })
}

function askThroughSidecar(
  app: RunApp,
  security: Security | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = security ? { 'dapr-api-token': security.tokens.daprApi } : {}
  return ask(`${api(app)}/invoke/${app.id}/method${app.healthPath}`, { headers, signal })
}

/**
 * daprd asks a gRPC app its generic method, OnInvoke, when it is asked for a path. An app without one says that it has
 * none, 501: it is there. daprd itself answers 500 for one that is unhealthy, gone, or not found by its name.
 */
function isFromApp({ protocol }: RunApp, { status }: Answer): boolean {
  return isSuccess(status) || (protocol === 'grpc' && status === 501)
}

function described({ status, text }: Answer): string {
  return status === 0 ? text : `${status} ${text.slice(0, 300)}`
}

function api({ httpPort }: RunApp): string {
  return `http://127.0.0.1:${httpPort}/v1.0`
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

interface Answer {
  /** 0: no answer within 2 s. */
  status: number
  /** The body, or why there is none. */
  text: string
}

async function ask(
  url: string,
  { headers = {}, signal }: { headers?: Record<string, string>; signal: AbortSignal },
): Promise<Answer> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(2000)])
    // a sidecar that was just restarted must not be asked over a connection to its predecessor
    const response = await fetch(url, { headers, keepalive: false, redirect: 'manual', signal: limit })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    return { status: 0, text: `no answer: ${error instanceof Error ? error.message : String(error)}` }
  }
}
