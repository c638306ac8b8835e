import type { Static } from '@sinclair/typebox'
import type { AnyElysia } from 'elysia'
import { type Sidecar, sidecar, waitForSidecar } from 'elysia-dapr'
import { serverBodyBytes } from './body-limit.ts'
import type { baseConfig } from './config.ts'
import { createLogger, type Logger } from './logger.ts'
import { startTelemetry } from './telemetry.ts'

export interface Service {
  log: Logger
  dapr: Sidecar
  /** Whether the service takes work: not before it listens, not while what it needs is away, no more once it drains. */
  healthy: () => Promise<boolean>
  /**
   * Registers what the service can do no work without, such as its database. While that is away daprd delivers no
   * events, which would be tried in vain and given up, and they wait at the broker.
   */
  needs(isThere: () => Promise<boolean>): void
  /** Registers what to end after the last request; the latest is ended first. */
  onClose(close: () => unknown): void
  /** Listens; SIGTERM and SIGINT finish the requests under way, close what is open and end the process. */
  serve(app: AnyElysia): void
}

/** Longest time for the requests under way once the service has to end, in milliseconds. */
const drainTimeout = 10_000

/**
 * Starts what every service needs: telemetry, log, and a sidecar that takes calls.
 * @throws DaprError when the sidecar is not ready within a minute
 */
export async function startService(config: Static<typeof baseConfig>): Promise<Service> {
  const endTelemetry = await startTelemetry({
    service: config.APP_ID,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  })
  const log = createLogger(config.APP_ID, config.LOG_LEVEL)
  const dapr = sidecar()
  await waitForSidecar(dapr)

  const closers = [endTelemetry]
  const needed: (() => Promise<boolean>)[] = []
  let serving = false

  return {
    log,
    dapr,
    healthy: async () => serving && (await Promise.all(needed.map(isThere => isThere()))).every(Boolean),
    needs: isThere => void needed.push(isThere),
    onClose: close => void closers.unshift(async () => void (await close())),
    serve(app) {
      app.listen({
        hostname: config.APP_HOST,
        port: config.APP_PORT,
        // daprd keeps idle connections for 90 s: closing earlier would break the next request on one of them
        idleTimeout: 120,
        maxRequestBodySize: serverBodyBytes,
      })
      serving = true
      log.info({ host: config.APP_HOST, port: config.APP_PORT }, 'listening')

      async function end(signal: string): Promise<void> {
        log.info({ signal }, 'draining')
        serving = false
        const timer = setTimeout(() => {
          log.error({ drainTimeout }, 'not drained in time: ending all the same')
          process.exit(1)
        }, drainTimeout)
        await app.stop()
        for (const close of closers) await close().catch(err => log.warn({ err }, 'cannot close'))
        clearTimeout(timer)
        log.info('stopped')
        process.exit(0)
      }

      let ending = false
      for (const signal of ['SIGTERM', 'SIGINT']) {
        process.on(signal, () => {
          if (!ending) void end(signal)
          ending = true
        })
      }
    },
  }
}
