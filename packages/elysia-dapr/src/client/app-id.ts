import { getMetadata } from './metadata.ts'
import type { CallOptions, Sidecar } from './sidecar.ts'

/** By address: `publish(sidecar(), …)` has another object each time. */
const known = new Map<string, string>()

/** The ID of the app that a sidecar belongs to, which is asked for once. @throws DaprError */
export async function appIdOf(sidecar: Sidecar, options?: CallOptions): Promise<string> {
  const cached = known.get(sidecar.endpoint)
  if (cached !== undefined) return cached
  const { id } = await getMetadata(sidecar, options)
  known.set(sidecar.endpoint, id)
  return id
}

/** To be called when a sidecar does not answer: at its address there may be that of another app next. */
export function forgetAppId({ endpoint }: Sidecar): void {
  known.delete(endpoint)
}
