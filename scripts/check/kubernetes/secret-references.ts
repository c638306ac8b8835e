import { type FieldPath, type Manifest, valueAt, walk } from './manifest.ts'

/** Where an object asks for a secret, and for which part of it. */
export interface SecretReference {
  manifest: Manifest
  field: FieldPath
  name: string
  /** Undefined: for all of it. */
  key: string | undefined
  isOptional: boolean
}

export function secretReferences(manifests: readonly Manifest[]): SecretReference[] {
  return manifests.flatMap(manifest =>
    [...walk(manifest)].flatMap(({ path, value }) =>
      referencesAt(path, value, manifest).map(each => ({ isOptional: false, ...each, manifest })),
    ),
  )
}

type Found = Pick<SecretReference, 'field' | 'name' | 'key'> & { isOptional?: boolean }

interface Reference {
  name?: string
  secretName?: string
  key?: string
  optional?: boolean
  items?: { key: string }[]
}

function referencesAt(path: FieldPath, value: unknown, manifest: Manifest): Found[] {
  const last = path.at(-1)
  if (last === 'dapr.io/api-token-secret' || last === 'dapr.io/app-token-secret')
    return [{ field: path, name: String(value), key: 'token' }]
  if (path.at(-2) === 'resourceNames' && manifest.kind === 'Role') return ofRole(path, value, manifest)
  if (typeof value !== 'object' || value === null) return []
  const reference = value as Reference
  const isOptional = reference.optional === true
  if (last === 'secretKeyRef') {
    const name = reference.name ?? ''
    return [{ field: path, name, key: reference.key ?? name, isOptional }]
  }
  if (last === 'secretRef' || path.at(-2) === 'imagePullSecrets')
    return [{ field: path, name: reference.name ?? '', key: undefined, isOptional }]
  // volumes, alone or among the sources of a projected one
  if (last === 'secret') {
    const name = reference.secretName ?? reference.name ?? ''
    const keys = reference.items?.map(({ key }) => key) ?? [undefined]
    return keys.map(key => ({ field: path, name, key, isOptional }))
  }
  if (path.at(-2) === 'tls' && manifest.kind === 'Ingress' && reference.secretName)
    return ['tls.crt', 'tls.key'].map(key => ({ field: path, name: reference.secretName ?? '', key }))
  return []
}

/** What a sidecar may read for its service, which takes the part of the same name. */
function ofRole(path: FieldPath, value: unknown, manifest: Manifest): Found[] {
  const rule = valueAt(manifest, path.slice(0, -2)) as { resources?: string[] } | undefined
  if (!rule?.resources?.includes('secrets')) return []
  return [{ field: path, name: String(value), key: String(value) }]
}
