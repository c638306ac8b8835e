import { loadTopology } from '../../topology/load.ts'
import type { Instance } from '../session/instance.ts'
import type { Finding } from '../shop/examine.ts'
import { type Environment, toolchainOf } from './toolchains.ts'

/** For `doctor`: a row for each service that is not in TypeScript, whether it can be built, and what is lost if not. */
export async function toolchainFindings(
  { root }: Pick<Instance, 'root'>,
  env: Environment = process.env,
): Promise<Finding[]> {
  const { services } = await loadTopology(root)
  const findings = await Promise.all(
    services.map(async (service): Promise<Finding[]> => {
      const toolchain = await toolchainOf(service, { root, env })
      if (toolchain === undefined) return []
      const { name, version, lack } = toolchain
      if (lack === undefined)
        return [{ level: 'good', subject: name, what: `${version}, for ${service.name}` }]
      const fix = `install it; until then ${service.name} is skipped: ${service.without}`
      return [{ level: 'note', subject: name, what: lack, fix }]
    }),
  )
  return findings.flat()
}
