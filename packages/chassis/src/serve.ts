import type { Elysia } from 'elysia'
import { maxBodyBytes } from './body-limit.ts'
import type { Logger } from './logger.ts'

export interface ServeOptions {
  app: Elysia
  host: string
  port: number
  log: Logger
  /** Told that the end has begun, before the server stops: the health check should fail from now on. */
  drain: () => void
  /** What to end after the last request, in this order. */
  close: (() => void | Promise<void>)[]
  /** Longest time for the requests under way, in milliseconds. @default 10_000 */
  drainTimeout?: number
}

/** Listens, and on SIGTERM or SIGINT finishes the requests under way, closes what is open and ends the process. */
export function serve({ app, host, port, log, drain, close, drainTimeout = 10_000 }: ServeOptions): void {
  app.listen({
    hostname: host,
    port,
    // daprd keeps idle connections for 90 s: closing earlier would break the next request on one of them
    idleTimeout: 120,
    maxRequestBodySize: maxBodyBytes * 4,
  })
  log.info({ host, port }, 'listening')

  async function end(signal: string) {
    log.info({ signal }, 'draining')
    drain()
    const timer = setTimeout(() => {
      log.error({ drainTimeout }, 'requests are still under way: ending without them')
      process.exit(1)
    }, drainTimeout)
    await app.stop()
    for (const step of close) await step()
    clearTimeout(timer)
    log.info('stopped')
    process.exit(0)
  }

  let ending: Promise<void> | undefined
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      ending ??= end(signal)
    })
  }
}
