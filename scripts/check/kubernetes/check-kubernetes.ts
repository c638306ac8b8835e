import { ShopError } from '../../supervisor/shop-error.ts'
import type { Service } from '../../topology/load.ts'
import { servicesOrNone } from '../../topology/services-or-none.ts'
import type { Finding } from '../finding.ts'
import { checkDaprComponents } from './components.ts'
import { installedKustomize, type Kustomize, type Rendered, render } from './kustomize.ts'
import { lineOf } from './locate.ts'
import { fieldOf, type Manifest, type ManifestProblem, nameOf } from './manifest.ts'
import { givenSecrets, overlayFolder, overlaysOf } from './overlays.ts'
import { checkPodSecurity } from './pod-security.ts'
import { checkReferences, unusedSecrets } from './references.ts'
import { checkShapes } from './shape.ts'
import { checkWorkloads } from './workloads.ts'

/** One thing that is wrong with what an overlay renders. */
export interface KubernetesFinding {
  file: string
  line?: number
  /** As in `Deployment/orders`; undefined for the overlay itself. */
  object?: string
  /** As in `spec.template.spec.containers[0].image`. */
  field?: string
  message: string
}

/** What is wrong with one overlay, without any cluster. @throws ShopError when there is no such overlay */
export async function checkOverlay(
  root: string,
  overlay: string,
  kustomize: Kustomize,
): Promise<{ objects: number; findings: KubernetesFinding[] }> {
  const folder = overlayFolder(root, overlay)
  const { file: secretsFile, secrets } = givenSecrets(root, folder)
  const [rendered, services] = await Promise.all([render(kustomize, root, folder), servicesOrNone(root)])
  if ('problem' in rendered) {
    const finding = { file: `${folder}/kustomization.yaml`, message: rendered.problem }
    return { objects: 0, findings: [finding] }
  }
  const { objects } = rendered
  const manifests = objects.map(({ manifest }) => manifest)
  const fileOf = new Map<Manifest, Rendered>(objects.map(each => [each.manifest, each]))
  const place = (problem: ManifestProblem | { message: string }): KubernetesFinding => {
    if (!('manifest' in problem)) return { file: folder, message: problem.message }
    const { manifest, field, message } = problem
    const file = fileOf.get(manifest)?.file
    const line = file === undefined ? undefined : lineOf(root, file, manifest, field)
    return {
      file: file ?? `${folder}/kustomization.yaml`,
      ...(line !== undefined && { line }),
      object: nameOf(manifest),
      ...(field.length > 0 && { field: fieldOf(field) }),
      message,
    }
  }
  const findings = [
    ...checkShapes(manifests),
    ...checkReferences(manifests, secrets),
    ...checkWorkloads(manifests),
    ...checkPodSecurity(manifests),
    ...checkDaprComponents(manifests, runsAny(services, manifests) ? services : [], folder),
  ].map(place)
  const unused = unusedSecrets(manifests, secrets).map(name => ({
    file: secretsFile,
    message: `nothing asks for the secret ${name}; remove it`,
  }))
  return { objects: objects.length, findings: [...findings, ...unused].sort(byPlace) }
}

/** A folder without services, such as the Ingress controller's, needs nothing that they need. */
function runsAny(services: readonly Service[], manifests: readonly Manifest[]): boolean {
  const workloads = new Set(manifests.map(nameOf))
  return services.some(({ name }) => workloads.has(`Deployment/${name}`))
}

/** For `bun run check`: the findings of all overlays, each once; none where no kustomize is installed. */
export async function checkAllOverlays(root = process.cwd()): Promise<Finding[]> {
  const kustomize = installedKustomize()
  if (!kustomize) return []
  const checked = await Promise.all(
    overlaysOf(root).map(async overlay => {
      try {
        return (await checkOverlay(root, overlay, kustomize)).findings.map(toFinding)
      } catch (error) {
        if (!(error instanceof ShopError)) throw error
        return [{ file: overlayFolder(root, overlay), message: error.message }]
      }
    }),
  )
  const findings = checked.flat()
  return [...new Map(findings.map(each => [`${each.file} ${each.message}`, each])).values()]
}

export function toFinding({ file, line, object, field, message }: KubernetesFinding): Finding {
  const subject = [object, field].filter(each => each !== undefined).join(', ')
  return { file, ...(line !== undefined && { line }), message: subject ? `${subject}: ${message}` : message }
}

function byPlace(a: KubernetesFinding, b: KubernetesFinding): number {
  return a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0)
}
