import { join } from 'node:path'
import { PINNED } from '../../../dapr/install/versions.ts'
import { runTool } from '../../../scripts/check/run-tool.ts'
import { ShopError } from '../../../scripts/supervisor/shop-error.ts'
import type { Installation } from './installation.ts'

const namespace = 'dapr-system'
const setting = 'dapr_sidecar_injector.sidecarDropALLCapabilities=true'

interface Injector {
  spec: { template: { spec: { containers: { env?: { name: string; value?: string }[] }[] } } }
}

/**
 * Installs Dapr by its own Helm chart where there is none.
 * @throws ShopError when what is there makes sidecars that the namespace of the shop would not let in
 */
export async function installDapr(installation: Installation): Promise<void> {
  const { kubectl, report, signal } = installation
  const get = ['get', 'deployment', 'dapr-sidecar-injector', '--namespace', namespace]
  const found = await kubectl([...get, '--ignore-not-found', '--output', 'json'], { signal })
  if (found.trim() === '') return await install(installation)
  const { spec }: Injector = JSON.parse(found)
  const env = spec.template.spec.containers.flatMap(({ env = [] }) => env)
  const drops = env.find(({ name }) => name === 'SIDECAR_DROP_ALL_CAPABILITIES')?.value === 'true'
  if (!drops)
    throw new ShopError(
      `Dapr's injector leaves sidecars capabilities, which the namespace of the shop does not let in. Turn that off:\n` +
        `  helm upgrade dapr dapr --repo https://dapr.github.io/helm-charts --version ${PINNED.dapr} --namespace ${namespace} --reuse-values --set ${setting}`,
    )
  report('Dapr is there')
}

async function install({ report, signal, cleanup }: Installation): Promise<void> {
  report(`installing Dapr ${PINNED.dapr}`)
  const common = ['--namespace', namespace]
  const command = ['helm', 'upgrade', '--install', 'dapr', ...(await chart()), ...common]
  cleanup.defer(async () => void (await runTool(['helm', 'uninstall', 'dapr', ...common, '--wait'])))
  const { code, output } = await runTool([
    ...command,
    '--create-namespace',
    '--set',
    setting,
    '--wait',
    '--timeout',
    '5m',
  ])
  signal.throwIfAborted()
  if (code !== 0) throw new ShopError(`Dapr could not be installed. ${output.trim()}`)
}

/** Of the Go module that everything else of Dapr here is built from; where there is no Go, from Dapr's site. */
async function chart(): Promise<string[]> {
  const module = `github.com/dapr/dapr@v${PINNED.dapr}`
  const { code, output } = Bun.which('go')
    ? await runTool(['go', 'mod', 'download', '-json', module])
    : { code: 1, output: '' }
  if (code === 0) return [join(JSON.parse(output).Dir, 'charts/dapr'), '--set', `global.tag=${PINNED.dapr}`]
  return ['dapr', '--repo', 'https://dapr.github.io/helm-charts', '--version', PINNED.dapr]
}
