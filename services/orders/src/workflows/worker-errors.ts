import type { Logger } from '@shop/chassis/logger'
import { DaprError, type Sidecar, shutdown } from 'elysia-dapr'

/**
 * For `onError` of the worker. daprd 1.18 takes no worker any more when its last one died while turns were queued, and no
 * checkout goes on: such a sidecar is told to end, and is started again by whoever has started this service again,
 * Kubernetes or `bun start`.
 */
export function workerErrors({ log, sidecar }: { log: Logger; sidecar: Sidecar }): (error: Error) => void {
  return err => {
    log.warn({ err }, 'workflows')
    if (!(err instanceof DaprError && err.code === 'WORKER_NOT_TAKEN')) return
    log.error('the sidecar takes no worker: it is told to end')
    shutdown(sidecar).catch(err => log.error({ err }, 'cannot end the sidecar'))
  }
}
