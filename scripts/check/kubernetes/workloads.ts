import { type FieldPath, type Manifest, type ManifestProblem, valueAt } from './manifest.ts'

interface Container {
  image?: string
}

/** That an image is a certain one, that what a Service or budget selects is there, that the shop is in one namespace. */
export function checkWorkloads(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests.flatMap(manifest => [
    ...checkImages(manifest),
    ...checkSelector(manifest, manifests),
    ...checkNamespace(manifest),
  ])
}

const podSpec: FieldPath = ['spec', 'template', 'spec']

function checkImages(manifest: Manifest): ManifestProblem[] {
  return ['initContainers', 'containers'].flatMap(list => {
    const containers = valueAt(manifest, [...podSpec, list])
    if (!Array.isArray(containers)) return []
    return containers.flatMap(({ image = '' }: Container, index) => {
      const message = whyNoImage(image)
      return message ? [{ manifest, field: [...podSpec, list, index, 'image'], message }] : []
    })
  })
}

/** https://pkg.go.dev/github.com/distribution/reference */
function whyNoImage(image: string): string | undefined {
  const parts = /^([a-z0-9][a-zA-Z0-9._:/-]*?)(?::([\w][\w.-]{0,127}))?(?:@sha256:([0-9a-f]{64}))?$/.exec(
    image,
  )
  if (!parts || /[A-Z]/.test(parts[1]?.split('/').slice(1).join('/') ?? ''))
    return `is "${image}", which is no name of an image; write registry/name:tag`
  const [, name, tag, digest] = parts
  if (digest || (tag && tag !== 'latest')) return undefined
  const which = tag ? 'the tag latest' : 'no tag'
  return `is "${image}" with ${which}, so that nobody knows which one runs; name ${name} under images: of the overlay, with a newTag`
}

function checkSelector(manifest: Manifest, manifests: readonly Manifest[]): ManifestProblem[] {
  const field = { Service: ['spec', 'selector'], PodDisruptionBudget: ['spec', 'selector', 'matchLabels'] }[
    manifest.kind ?? ''
  ]
  const selector = field && (valueAt(manifest, field) as Record<string, string> | undefined)
  if (!selector) return []
  const isSelected = manifests.some(each => {
    const labels = (valueAt(each, ['spec', 'template', 'metadata', 'labels']) ?? {}) as Record<string, string>
    return Object.entries(selector).every(([name, value]) => labels[name] === value)
  })
  if (isSelected) return []
  const wanted = Object.entries(selector).map(([name, value]) => `${name}=${value}`)
  return [{ manifest, field, message: `no pod has the labels ${wanted.join(', ')}` }]
}

/** Access control names the namespace of who calls, which is the shop's own. */
function checkNamespace(manifest: Manifest): ManifestProblem[] {
  const field: FieldPath = ['spec', 'accessControl', 'policies']
  const policies = valueAt(manifest, field)
  if (manifest.kind !== 'Configuration' || !Array.isArray(policies)) return []
  const own = manifest.metadata?.namespace
  return policies.flatMap(({ namespace }: { namespace?: string }, index) => {
    if (namespace === own) return []
    const message = `is ${namespace}, and the shop is in ${own ?? 'none'}; a call would be denied: patch it as well`
    return [{ manifest, field: [...field, index, 'namespace'], message }]
  })
}
