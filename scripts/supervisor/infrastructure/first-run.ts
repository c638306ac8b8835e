import type { ComponentTypes } from '../../../dapr/install/component-types.ts'
import { describe, estimate } from '../../../dapr/install/describe.ts'
import type { Binary } from '../../../dapr/install/obtain.ts'

/** What obtaining the binaries that are not on this machine yet will take: one line for each way. */
export async function firstRunNotice(
  missing: Binary[],
  options: { components: ComponentTypes; signal: AbortSignal },
): Promise<string[]> {
  const { outlook, cache } = await describe(missing, options)
  return estimate(outlook).map(({ way, binaries, minutes, megabytes }) => {
    const work = way === 'build' ? 'Building' : 'Fetching'
    const disk = megabytes >= 1000 ? `${(megabytes / 1000).toFixed(1)} GB` : `${megabytes} MB`
    const time = minutes === 1 ? 'a minute' : `${minutes} minutes`
    return `First run. ${work} ${binaries.join(', ')} takes about ${time} and ${disk} of disk (kept in ${cache}).`
  })
}
