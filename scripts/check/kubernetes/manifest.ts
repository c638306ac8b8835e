/** One object as kustomize renders it. */
export interface Manifest {
  apiVersion?: string
  kind?: string
  metadata?: {
    name?: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  [key: string]: unknown
}

/** What a message calls it: `Deployment/orders`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind ?? 'object'}/${metadata?.name ?? '(without a name)'}`
}

/** A place within an object: names of fields, and numbers of entries from 0. */
export type FieldPath = readonly (string | number)[]

/** As kubectl writes it: `spec.containers[0].image`, `metadata.annotations[dapr.io/app-id]`. */
export function fieldOf(path: FieldPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number' || /[./]/.test(part)) return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** One thing that is wrong with an object, and why. */
export interface ManifestProblem {
  manifest: Manifest
  field: FieldPath
  message: string
}

/** Walks a JSON value, its root first. */
export function* walk(value: unknown, path: FieldPath = []): Generator<{ path: FieldPath; value: unknown }> {
  yield { path, value }
  if (typeof value !== 'object' || value === null) return
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  for (const [key, each] of entries) yield* walk(each, [...path, key])
}

export function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value)
}
