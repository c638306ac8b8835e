import { readComponentTypes } from '../../../dapr/install/component-types.ts'
import { type Binary, type Obtained, obtain } from '../../../dapr/install/obtain.ts'
import type { Instance } from '../session/instance.ts'
import { firstRunNotice } from './first-run.ts'

export interface ObtainBinariesOptions {
  instance: Instance
  /** Gets what the first run will take, before it begins. */
  announce: (line: string) => void
  report: (line: string, kind: 'step' | 'progress') => void
  signal: AbortSignal
}

/** The paths of what the shop runs, built or fetched where it is not there yet. */
export async function obtainBinaries<Wanted extends Binary>(
  binaries: readonly Wanted[],
  { instance, announce, report, signal }: ObtainBinariesOptions,
): Promise<Obtained<Wanted>> {
  const components = await readComponentTypes(instance.root)
  return await obtain(binaries, {
    components,
    report,
    signal,
    onMissing: async missing => {
      for (const line of await firstRunNotice(missing, { components, signal })) announce(line)
    },
  })
}
