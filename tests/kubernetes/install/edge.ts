import { parseManifests, workloads } from '../../../scripts/deploy/manifest.ts'
import { rolledOut } from '../../../scripts/kubernetes/rollout.ts'
import { apply, type Installation } from './installation.ts'

const folder = 'k8s/traefik'
const namespace = 'traefik'

/** Installs Traefik where the cluster has no Ingress controller of that class. */
export async function installEdge(installation: Installation): Promise<void> {
  const { kubectl, report, signal, cleanup } = installation
  const found = await kubectl(['get', 'ingressclass', 'traefik', '--ignore-not-found', '--output', 'name'], {
    signal,
  })
  if (found.trim() !== '') return report('Traefik is there')
  report('installing Traefik')
  const text = await kubectl(['kustomize', folder], { signal })
  cleanup.defer(
    async () => void (await kubectl(['delete', '--filename', '-', '--ignore-not-found'], { input: text })),
  )
  await apply(installation, text)
  await rolledOut(workloads(parseManifests(text)), {
    kubectl,
    namespace,
    timeoutSeconds: 120,
    report,
    signal,
  })
}
