import { ShopError } from '../supervisor/shop-error.ts'
import { bodyOf, type Operated } from './operator.ts'

export interface Rebuilt {
  service: string
  events: number
}

/**
 * Builds the projection of a name anew, in whichever service has it.
 * @throws ShopError that names those there are, when none has it
 */
export async function rebuildProjection(services: readonly Operated[], name: string): Promise<Rebuilt> {
  const known: string[] = []
  for (const { name: service, ask } of services) {
    const reply = await ask(`/operations/projections/${encodeURIComponent(name)}/rebuild`, {})
    const { code, projections = [] } = (reply.body ?? {}) as { code?: string; projections?: string[] }
    if (code === 'projection-rebuilt-by-another') {
      throw new ShopError(
        `Somebody else has begun to build ${name} anew meanwhile, which ended this attempt.`,
      )
    }
    // A service without projections may not know the path, or not the method.
    if (reply.status === 404 || reply.status === 405) {
      known.push(...projections)
      continue
    }
    const rebuilt = bodyOf<{ events: number }>(service, reply)
    if (rebuilt) return { service, events: rebuilt.events }
  }
  const names = known.length > 0 ? `Use one of: ${known.sort().join(', ')}.` : 'No service that runs has one.'
  throw new ShopError(`There is no projection ${name}. ${names}`)
}
