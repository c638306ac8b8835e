import { getMetadata } from './metadata.ts'
import type { CallOptions, Sidecar } from './sidecar.ts'

const known = new WeakMap<Sidecar, string>()

/** The ID of the app that a sidecar belongs to, which is asked for once. @throws DaprError */
export async function appIdOf(sidecar: Sidecar, options?: CallOptions): Promise<string> {
  const cached = known.get(sidecar)
  if (cached !== undefined) return cached
  const { id } = await getMetadata(sidecar, options)
  known.set(sidecar, id)
  return id
}
