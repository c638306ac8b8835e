import { Buffer } from 'node:buffer'
import { setTimeout } from 'node:timers/promises'
import { DaprError } from '../../errors.ts'
import { type Channel, type GrpcError, grpcCode } from './grpc.ts'
import { metadata, methods } from './messages.ts'

/**
 * Waits until the sidecar counts a worker, which nothing else shows; before, it refuses events for instances. Resolves
 * with false when the connection ends before.
 *
 * Reports a sidecar that is reached and counts none after `grace` milliseconds (default 15_000), as `WORKER_NOT_TAKEN`. daprd 1.18 is so for
 * ever after its last worker died while turns of a workflow were queued.
 */
export async function untilTaken(
  channel: Channel,
  report: (error: Error) => void,
  { grace = 15_000, signal }: { grace?: number; signal: AbortSignal },
): Promise<boolean> {
  const start = performance.now()
  let reported = false
  while (!signal.aborted) {
    try {
      const { workflows } = metadata.decode(await channel.call(methods.getMetadata, Buffer.alloc(0)))
      if (workflows?.connectedWorkers) return true
    } catch (error) {
      // Where the metadata must not be read, there is nothing to wait for.
      return (error as GrpcError).code !== grpcCode.unavailable
    }
    if (!reported && performance.now() - start >= grace) {
      reported = true
      const message = `the sidecar does not take the worker: after ${grace} ms it counts none; start it again`
      report(new DaprError(message, { code: 'WORKER_NOT_TAKEN' }))
    }
    await setTimeout(reported ? 1_000 : 20, undefined, { signal }).catch(() => {})
  }
  return false
}
