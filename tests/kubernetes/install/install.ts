import { overlayFolder } from '../../../scripts/check/kubernetes/overlays.ts'
import {
  type Manifest,
  namespaceOf,
  parseManifests,
  renderManifests,
  withImages,
  workloads,
} from '../../../scripts/deploy/manifest.ts'
import { apply } from '../../../scripts/kubernetes/apply.ts'
import { imageName, imageSources } from '../../../scripts/kubernetes/images.ts'
import { overlaySecrets } from '../../../scripts/kubernetes/overlay-secrets.ts'
import { rolledOut } from '../../../scripts/kubernetes/rollout.ts'
import { ShopError } from '../../../scripts/supervisor/shop-error.ts'
import { selfSigned } from '../../conformance/certificate.ts'
import { traefikImage } from '../stand-ins/stand-ins.ts'
import { installDapr } from './dapr.ts'
import { installEdge } from './edge.ts'
import { bringImages, type ImageOptions } from './images.ts'
import { type Installation, manager, testLabel } from './installation.ts'
import { preflight } from './preflight.ts'
import { provideVolumes } from './volumes.ts'

export interface InstallOptions extends Omit<ImageOptions, 'tag' | 'asked'> {
  /** Folder below `k8s/overlays`, or a path. */
  overlay: string
  /** Whether images are built and brought there; otherwise they have to be. */
  images: boolean
  /** For the rollout. */
  timeoutSeconds: number
}

export interface Installed {
  namespace: string
  /** Of the edge. */
  host: string
  /** What has signed the certificate of the edge, in PEM. */
  ca: string
  /** Images of next versions, when images were built. */
  next: { image?: string }
}

/**
 * A whole shop in a namespace of a cluster that had none: Dapr and an edge where they are missing, images, secrets,
 * volumes, and the overlay, until all of it is ready.
 *
 * @throws ShopError with the object, the field and why, of what is wrong or does not become ready
 */
export async function installShop(installation: Installation, options: InstallOptions): Promise<Installed> {
  const { kubectl, root, report, signal, cleanup } = installation
  const { overlay, registry } = options
  const rendered = parseManifests(await kubectl(['kustomize', overlayFolder(root, overlay)], { signal }))
  const namespace = namespaceOf(rendered)
  await preflight(installation, { overlay, namespace })
  // nodes keep an image by its name, so what is pushed gets a new one each time
  const tag = registry ? `test-${Date.now().toString(36)}` : 'local'
  const manifests = registry ? await ofRegistry(rendered, registry, { root, tag }) : rendered
  const asked = [...workloads(manifests).flatMap(imagesOf), traefikImage]
  const next = options.images ? { image: await bringImages(installation, { ...options, tag, asked }) } : {}
  await installDapr(installation)

  // before the namespace, so that they are removed after it
  await provideVolumes(installation, { manifests, image: 'postgres:18', claimedIn: namespace })
  cleanup.defer(async () => {
    report(`removing the namespace ${namespace}`)
    await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout', '180s'])
  })
  const isNamespace = ({ kind }: Manifest) => kind === 'Namespace'
  await apply(kubectl, renderManifests(manifests.filter(isNamespace)), { manager, signal })
  await kubectl(['label', 'namespace', namespace, `${testLabel}=true`, '--overwrite'], { signal })
  await installEdge(installation)
  const host = hostOf(manifests)
  const certificate = selfSigned(host)
  await apply(kubectl, await secretsOf(root, overlay, namespace, certificate), { manager, signal })
  report(`applying the overlay ${overlay}`)
  await apply(kubectl, renderManifests(manifests), { manager, signal })
  const { timeoutSeconds } = options
  await rolledOut(workloads(manifests), { kubectl, namespace, timeoutSeconds, report, signal })
  return { namespace, host, ca: certificate.cert, next }
}

/** Images of services are those of a registry. */
async function ofRegistry(
  manifests: readonly Manifest[],
  registry: string,
  { root, tag }: { root: string; tag: string },
): Promise<Manifest[]> {
  const there = workloads(manifests).map(({ metadata }) => metadata.name)
  const names = (await imageSources(root)).map(({ name }) => name).filter(name => there.includes(name))
  const images = names.map(name => [name, imageName(name, { registry, tag })])
  return withImages(manifests, names, Object.fromEntries(images))
}

function imagesOf({ spec }: Manifest): string[] {
  return spec?.template?.spec?.containers?.flatMap(({ image }) => image ?? []) ?? []
}

/** Of the Ingress. */
function hostOf(manifests: readonly Manifest[]): string {
  const ingress = manifests.find(({ kind }) => kind === 'Ingress')?.spec as
    | { rules?: { host?: string }[] }
    | undefined
  const host = ingress?.rules?.[0]?.host
  if (host === undefined)
    throw new ShopError('The overlay has no Ingress with a host, so there is no edge to test it by.')
  return host
}

async function secretsOf(
  root: string,
  overlay: string,
  namespace: string,
  { cert, key }: { cert: string; key: string },
): Promise<object> {
  const { made, left } = await overlaySecrets(root, overlay)
  const { 'shop-tls': _, ...others } = left
  const unknown = Object.keys(others)
  if (unknown.length > 0)
    throw new ShopError(
      `The overlay ${overlay} asks for secrets that nobody can make up: ${unknown.join(', ')}.`,
    )
  const tls = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'shop-tls', namespace },
    stringData: { 'tls.crt': cert, 'tls.key': key },
  }
  return { apiVersion: 'v1', kind: 'List', items: [...made, tls] }
}
