import { messageOf } from '../../dapr/install/errors.ts'
import type { Instance } from '../supervisor/session/instance.ts'
import { runningStarter } from '../supervisor/session/run-record.ts'

/** Where the running shop says that its gateway is; without a starter, where it would listen. */
export function gatewayOrigin({ runDir, gatewayPort, portOffset }: Instance): string {
  return runningStarter(runDir)?.url ?? `http://127.0.0.1:${gatewayPort ?? 8000 + portOffset}`
}

/** Throws, with the way out, unless a shop answers there. */
export async function findShop(origin: string): Promise<void> {
  const hint = 'Start it with `bun start`, wait for its line "ready", then run the demo again.'
  const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(error => {
    // Bun's message for a refused connection asks whether the computer is online.
    const why =
      error.code === 'ConnectionRefused' || error.code === 'ECONNREFUSED'
        ? 'connection refused'
        : messageOf(error)
    throw new Error(`No shop answers at ${origin}: ${why}.\n${hint}`)
  })
  if (!response.ok)
    throw new Error(`The gateway at ${origin} is not ready: it answered ${response.status}.\n${hint}`)
}
