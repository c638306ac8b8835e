import { resolve } from 'node:path'
import { cacheDirectory, findCached } from '../../dapr/install/cache.ts'
import { readComponentTypes } from '../../dapr/install/component-types.ts'
import { type ObtainOptions, obtain } from '../../dapr/install/obtain.ts'
import { sidecarEnvironment, sidecarSpec } from '../../dapr/sidecar-settings.ts'
import type { Side } from './benchmark.ts'
import type { SidecarKind } from './sidecar-pair.ts'

const root = resolve(import.meta.dir, '../..')
/** Both are built here, by the same compiler: an installed one, or a release, is the stock one. */
const env = { ...process.env, SHOP_DAPR_SOURCE: 'build' }
const noComponents = { uses: [], registrations: [] }

export type Kinds = Record<Side, SidecarKind>

/** The shop's own sidecar, and the one of Dapr's release with what it does by itself. @throws InstallError */
export async function obtainKinds(signal: AbortSignal): Promise<Kinds> {
  const options = { env, report, signal }
  const stock = await obtain(['daprd-stock'], { ...options, components: noComponents })
  return {
    ours: await obtainTailored(signal),
    // Go's own settings, whatever the person has set
    peer: { binary: stock.paths['daprd-stock'], env: { GOGC: '100', GOMEMLIMIT: 'off' } },
  }
}

/** The shop's own sidecar, with the shop's settings. @throws InstallError */
export async function obtainTailored(signal: AbortSignal): Promise<SidecarKind> {
  const components = await readComponentTypes(root)
  const { paths } = await obtain(['daprd'], { components, env, report, signal })
  return { binary: paths.daprd, env: sidecarEnvironment, configuration: sidecarSpec }
}

/** Path of nats-server. @throws InstallError */
export async function obtainBroker(signal: AbortSignal): Promise<string> {
  const { paths } = await obtain(['nats-server'], { components: noComponents, report, signal })
  return paths['nats-server']
}

/** Whether the stock one was built before: that takes ten minutes of a processor. */
export async function isStockBuilt(): Promise<boolean> {
  const cache = resolve(cacheDirectory(env))
  const entry = await findCached(cache, { binary: 'daprd-stock', registrations: [], ways: ['build'] })
  return entry !== undefined
}

const report: ObtainOptions['report'] = (line, kind) => {
  if (kind === 'step') process.stderr.write(`${line}\n`)
}
