import { formatFinding } from '../../../scripts/check/finding.ts'
import { checkOverlay, toFinding } from '../../../scripts/check/kubernetes/check-kubernetes.ts'
import { findKustomize } from '../../../scripts/check/kubernetes/find-kustomize.ts'
import { ShopError } from '../../../scripts/supervisor/shop-error.ts'
import { type Installation, testLabel } from './installation.ts'

/**
 * Whether a shop can be installed, before anything is.
 * @throws ShopError with what is wrong with the overlay, the object, the field and why; or with the cluster
 */
export async function preflight(
  { kubectl, root, report, signal }: Installation,
  { overlay, namespace }: { overlay: string; namespace: string },
): Promise<void> {
  const kustomize = await findKustomize(report)
  if ('reason' in kustomize) throw new ShopError(kustomize.reason)
  const { findings } = await checkOverlay(root, overlay, kustomize.command)
  if (findings.length > 0)
    throw new ShopError(
      `The overlay ${overlay} is wrong:\n${findings.map(each => formatFinding(toFinding(each))).join('\n')}`,
    )
  await kubectl(['get', '--raw', '/readyz', '--request-timeout', '10s'], { signal }).catch(error => {
    signal.throwIfAborted()
    throw new ShopError(`The cluster of KUBECONFIG does not answer. ${error.message}`)
  })
  const get = ['get', 'namespace', namespace, '--ignore-not-found', '--output', 'json']
  const found = await kubectl(get, { signal })
  if (found.trim() === '') return
  if (JSON.parse(found).metadata.labels?.[testLabel] === undefined)
    throw new ShopError(
      `The cluster has a namespace ${namespace} already, which is not of a test: it begins with a new one, and removes it at the end. Choose another cluster.`,
    )
  report(`removing the namespace ${namespace} of an earlier run`)
  await kubectl(['delete', 'namespace', namespace, '--wait', '--timeout', '120s'], { signal })
}
