import { parseManifests, renderManifests, workloads } from '../../../scripts/deploy/manifest.ts'
import { apply } from '../../../scripts/kubernetes/apply.ts'
import { rolledOut } from '../../../scripts/kubernetes/rollout.ts'
import { type Installation, manager } from './installation.ts'

const folder = 'k8s/traefik'
const namespace = 'traefik'

/**
 * Installs Traefik where the cluster has no Ingress controller of that class. One that is there is allowed to read the
 * namespace of the shop.
 */
export async function installEdge(installation: Installation): Promise<void> {
  const { kubectl, report, signal, cleanup } = installation
  const get = ['get', 'ingressclass', 'traefik', '--ignore-not-found', '--output', 'name']
  const isThere = (await kubectl(get, { signal })).trim() !== ''
  const manifests = parseManifests(await kubectl(['kustomize', folder], { signal }))
  if (isThere) {
    const inShop = manifests.filter(({ metadata }) => metadata.namespace === 'shop')
    return await apply(kubectl, renderManifests(inShop), { manager, signal })
  }
  report('installing Traefik')
  const text = renderManifests(manifests)
  cleanup.defer(async () => {
    await kubectl(['delete', '--filename', '-', '--ignore-not-found', '--wait=false'], { input: text })
  })
  await apply(kubectl, text, { manager, signal })
  await rolledOut(workloads(manifests), { kubectl, namespace, timeoutSeconds: 120, report, signal })
}
