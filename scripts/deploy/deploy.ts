import { apply } from '../kubernetes/apply.ts'
import type { Kubectl } from '../kubernetes/kubectl.ts'
import { rolledOut } from '../kubernetes/rollout.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { answersWell } from './answers-well.ts'
import { namespaceOf, parseManifests, renderManifests, withImages, workloads } from './manifest.ts'
import { manager, type Release, readRelease, withoutSecrets, writeRelease } from './release.ts'

export interface DeployOptions {
  kubectl: Kubectl
  /** Folder of a kustomization. */
  overlay: string
  /** All there are; each is a workload of the overlay. */
  services: readonly string[]
  /** Of the services that are new; the others keep the image that they have. */
  images: Readonly<Record<string, string>>
  commit: string
  /** Whether a commit is part of the history of the one that is deployed. */
  isBefore: (commit: string) => Promise<boolean>
  /** For a rollout, and for going back. */
  timeoutSeconds: number
  /** Has to answer well in the end. */
  url?: string | undefined
  /** Between two looks at the cluster, and two requests to the address. @default two seconds, and one */
  everyMs?: number
  report: (line: string) => void
}

/**
 * Applies an overlay with new images of some services, waits until all is healthy, and goes back to what was deployed
 * before when it does not become so. What an older commit would undo is not touched.
 *
 * @throws ShopError with what is wrong, and what runs now
 */
export async function deploy(options: DeployOptions): Promise<void> {
  const { kubectl, overlay, services, commit, isBefore, report } = options
  const rendered = parseManifests(await kubectl(['kustomize', overlay]))
  const namespace = namespaceOf(rendered)
  const before = await readRelease(kubectl, namespace)
  if (before && !(await isBefore(before.commit)))
    throw new ShopError(`Nothing is deployed: ${before.commit} runs, which ${commit} does not build on.`)
  const images = { ...before?.images, ...options.images }
  const manifests = withImages(rendered, services, images)
  const text = renderManifests(manifests)
  // the first time, the namespace in which the server would look at it is not there yet
  if (before) await apply(kubectl, text, { manager, isDryRun: true })
  try {
    await apply(kubectl, text, { manager })
    report(`applied ${overlay}; new: ${Object.keys(options.images).join(', ') || 'its configuration alone'}`)
    await rolledOut(workloads(manifests), { ...options, namespace })
    if (options.url !== undefined) await answersWell(options.url, options.everyMs)
  } catch (error) {
    if (!(error instanceof ShopError)) throw error
    report(error.message)
    throw new ShopError(`${error.message}\n${await goBack(before, { ...options, namespace })}`)
  }
  await writeRelease(kubectl, namespace, { commit, images, manifest: withoutSecrets(manifests) })
  report(`${commit} is healthy in ${namespace}`)
}

/** @returns what runs afterwards, in words */
async function goBack(
  before: Release | undefined,
  options: Pick<DeployOptions, 'kubectl' | 'timeoutSeconds' | 'report' | 'everyMs'> & { namespace: string },
): Promise<string> {
  if (before === undefined) return 'Nothing was deployed before it, so it stays as it is.'
  try {
    await apply(options.kubectl, before.manifest, { manager })
    await rolledOut(workloads(parseManifests(before.manifest)), options)
    return `Went back to ${before.commit}, which is healthy.`
  } catch (error) {
    if (!(error instanceof ShopError)) throw error
    return `Going back to ${before.commit} failed too: ${error.message}`
  }
}
