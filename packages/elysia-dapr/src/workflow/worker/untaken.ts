import { Buffer } from 'node:buffer'
import { setTimeout } from 'node:timers/promises'
import type { Channel } from './grpc.ts'
import { metadata, methods } from './messages.ts'

/**
 * Reports a sidecar that is reached but does not count the worker after `grace` milliseconds (default 15_000), which
 * nothing else shows. daprd 1.18 is so for ever after its last worker died while turns of a workflow were queued.
 */
export async function reportUntaken(
  channel: Channel,
  report: (error: Error) => void,
  { grace = 15_000, signal }: { grace?: number; signal: AbortSignal },
): Promise<void> {
  try {
    await setTimeout(grace, undefined, { signal })
    const { workflows } = metadata.decode(await channel.call(methods.getMetadata, Buffer.alloc(0)))
    if (workflows?.connectedWorkers) return
  } catch {
    // The connection has ended, which is told elsewhere.
    return
  }
  report(new Error(`the sidecar does not take the worker: after ${grace} ms it counts none; start it again`))
}
