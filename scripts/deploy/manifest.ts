import { parseAllDocuments, stringify } from 'yaml'
import { ShopError } from '../supervisor/shop-error.ts'

export interface Manifest {
  kind: string
  metadata: { name: string; namespace?: string }
  spec?: {
    selector?: { matchLabels?: Record<string, string> }
    template?: { spec?: { containers?: { name: string; image?: string }[] } }
  }
}

const rolledOut = ['DaemonSet', 'Deployment', 'StatefulSet']

/** @throws ShopError for what is no YAML */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap(document => {
    const [error] = document.errors
    if (error) throw new ShopError(`What is rendered is no YAML: ${error.message}`)
    const manifest: Manifest | null = document.toJS()
    return manifest === null ? [] : [manifest]
  })
}

export function renderManifests(manifests: readonly Manifest[]): string {
  return manifests.map(manifest => stringify(manifest, { aliasDuplicateObjects: false })).join('---\n')
}

export function workloads(manifests: readonly Manifest[]): Manifest[] {
  return manifests.filter(({ kind }) => rolledOut.includes(kind))
}

/** @throws ShopError unless all workloads are in one namespace */
export function namespaceOf(manifests: readonly Manifest[]): string {
  const namespaces = new Set(workloads(manifests).map(({ metadata }) => metadata.namespace ?? ''))
  const [namespace] = namespaces
  if (namespaces.size === 1 && namespace) return namespace
  throw new ShopError(
    `The workloads have to be in one namespace, and the overlay has to name it; it has ${namespaces.size}.`,
  )
}

/** The container of a service beside its sidecar. */
const container = 'app'

/**
 * Each service's image put where the overlay has that of the container `app` of the workload named like the service:
 * there, and wherever else the same image is (a job, an init container).
 *
 * @throws ShopError that names every service without a workload or an image
 */
export function withImages(
  manifests: readonly Manifest[],
  services: readonly string[],
  images: Readonly<Record<string, string>>,
): Manifest[] {
  const replaced = new Map<string, string>()
  const withoutWorkload: string[] = []
  const withoutImage: string[] = []
  for (const service of services) {
    const workload = workloads(manifests).find(({ metadata }) => metadata.name === service)
    const placeholder = workload?.spec?.template?.spec?.containers?.find(
      ({ name }) => name === container,
    )?.image
    const image = images[service]
    if (placeholder === undefined) withoutWorkload.push(service)
    else if (image === undefined) withoutImage.push(service)
    else replaced.set(placeholder, image)
  }
  if (withoutWorkload.length > 0)
    throw new ShopError(
      `Nothing is deployed: the overlay has no workload with a container '${container}' of ${withoutWorkload.join(', ')}.`,
    )
  if (withoutImage.length > 0)
    throw new ShopError(
      `Nothing is deployed: no image of ${withoutImage.join(', ')} is given, and none was deployed before.`,
    )
  return structuredClone(manifests).map(manifest => replaceImages(manifest, replaced))
}

function replaceImages<Node>(node: Node, replaced: ReadonlyMap<string, string>): Node {
  if (typeof node !== 'object' || node === null) return node
  for (const [key, value] of Object.entries(node)) {
    const image = key === 'image' && typeof value === 'string' ? replaced.get(value) : undefined
    Object.assign(node, { [key]: image ?? replaceImages(value, replaced) })
  }
  return node
}
