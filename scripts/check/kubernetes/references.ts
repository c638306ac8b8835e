import { nearest, spelling } from '../../spelling.ts'
import { type FieldPath, type Manifest, type ManifestProblem, valueAt, walk } from './manifest.ts'
import { secretReferences } from './secret-references.ts'

/** Secrets that are there before the shop, with their keys. */
export type Secrets = ReadonlyMap<string, readonly string[]>

/** What an object names is there: in the overlay, or, of secrets, among those that the overlay says are given. */
export function checkReferences(manifests: readonly Manifest[], given: Secrets): ManifestProblem[] {
  return [...checkSecrets(manifests, given), ...manifests.flatMap(each => checkNames(each, manifests))]
}

/** A secret that many ask for is told once, at the first place. */
function checkSecrets(manifests: readonly Manifest[], given: Secrets): ManifestProblem[] {
  const secrets = new Map([...given, ...secretsAmong(manifests)])
  const problems = new Map<string, ManifestProblem>()
  const references = secretReferences(manifests)
  for (const { manifest, field, name, key, isOptional } of references) {
    const keys = secrets.get(name)
    if (keys === undefined && !isOptional && !problems.has(name)) {
      const places = references.filter(each => each.name === name).length
      const near = nearest(name, [...secrets.keys()])
      const fix = near
        ? `did you mean ${near}?`
        : 'if somebody else puts it there, list it in secrets.yaml of the overlay'
      const message = `there is no secret ${name}${places > 1 ? `, which ${places} places ask for` : ''}; ${fix}`
      problems.set(name, { manifest, field, message })
    }
    if (keys !== undefined && key !== undefined && !keys.includes(key) && !problems.has(`${name}/${key}`)) {
      const message = `the secret ${name} has no ${key}; ${spelling(key, keys)}`
      problems.set(`${name}/${key}`, { manifest, field, message })
    }
  }
  return [...problems.values()]
}

/** Of the given ones, those that nothing asks for. */
export function unusedSecrets(manifests: readonly Manifest[], given: Secrets): string[] {
  const used = new Set(secretReferences(manifests).map(({ name }) => name))
  return [...given.keys()].filter(name => !used.has(name))
}

function secretsAmong(manifests: readonly Manifest[]): [string, string[]][] {
  return manifests
    .filter(({ kind }) => kind === 'Secret')
    .map(({ metadata, data, stringData }) => [
      metadata?.name ?? '',
      Object.keys({ ...(data as object | undefined), ...(stringData as object | undefined) }),
    ])
}

/** Fields that hold the name of another object: the kind of that, by the last names of the path. */
const named: readonly (readonly [path: readonly string[], kind: string])[] = [
  [['configMap', 'name'], 'ConfigMap'],
  [['configMapKeyRef', 'name'], 'ConfigMap'],
  [['configMapRef', 'name'], 'ConfigMap'],
  [['spec', 'serviceAccountName'], 'ServiceAccount'],
  [['persistentVolumeClaim', 'claimName'], 'PersistentVolumeClaim'],
  [['service', 'name'], 'Service'],
  [['spec', 'serviceName'], 'Service'],
  [['annotations', 'dapr.io/config'], 'Configuration'],
]

/** What the cluster has by itself. */
const ofCluster = ['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default']

function checkNames(manifest: Manifest, manifests: readonly Manifest[]): ManifestProblem[] {
  const problems: ManifestProblem[] = []
  for (const { path, value } of walk(manifest)) {
    const kind = kindNamedBy(path, manifest)
    if (kind === undefined || typeof value !== 'string' || ofCluster.includes(`${kind}/${value}`)) continue
    const names = manifests.filter(each => each.kind === kind).map(({ metadata }) => metadata?.name ?? '')
    if (names.includes(value)) continue
    const fix = names.length > 0 ? spelling(value, names) : 'the overlay has none'
    problems.push({ manifest, field: path, message: `there is no ${kind} ${value}; ${fix}` })
  }
  return problems
}

function kindNamedBy(path: FieldPath, manifest: Manifest): string | undefined {
  const parent = path.at(-2)
  if (path.at(-1) === 'name' && (parent === 'scaleTargetRef' || parent === 'roleRef'))
    return String(valueAt(manifest, [...path.slice(0, -1), 'kind']))
  if (path.at(-1) === 'name' && path.at(-3) === 'subjects') return 'ServiceAccount'
  return named.find(([end]) => end.every((part, index) => path.at(index - end.length) === part))?.[1]
}
