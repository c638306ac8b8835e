import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { InstallError } from '../../../dapr/install/errors.ts'
import { PINNED } from '../../../dapr/install/versions.ts'
import { nearest } from '../../spelling.ts'
import { quoted } from '../../topology/problem.ts'
import { type FieldPath, type Manifest, type ManifestProblem, valueAt } from './manifest.ts'
import { kubernetesVersion } from './schemas/kinds.ts'
import schemas from './schemas/schemas.json' with { type: 'json' }

/** What each field may hold, by the API of the pinned Kubernetes and the CRDs of the pinned Dapr. */
export function checkShapes(manifests: readonly Manifest[]): ManifestProblem[] {
  assertCurrent()
  return manifests.flatMap(manifest => [...checkShape(manifest), ...checkAnnotations(manifest)])
}

const kinds: Readonly<Record<string, string>> = schemas.kinds

/** Made when it is first asked for: it compiles as it goes. */
let ajv: Ajv | undefined

function validatorOf(definition: string): ValidateFunction {
  if (!ajv) {
    ajv = new Ajv({ allErrors: true, strict: false, verbose: true })
    ajv.addSchema({ $id: 'kubernetes', definitions: schemas.definitions })
  }
  return ajv.compile({ $ref: `kubernetes#/definitions/${definition}` })
}

function checkShape(manifest: Manifest): ManifestProblem[] {
  const { apiVersion = '', kind = '' } = manifest
  const definition = kinds[`${apiVersion}/${kind}`]
  if (!definition) return [unknownKind(manifest, apiVersion, kind)]
  const validate = validatorOf(definition)
  validate(manifest)
  return (validate.errors ?? []).map(error => toProblem(manifest, error))
}

function unknownKind(manifest: Manifest, apiVersion: string, kind: string): ManifestProblem {
  const versions = Object.keys(kinds)
    .filter(each => each.endsWith(`/${kind}`))
    .map(each => each.slice(0, -kind.length - 1))
  if (versions.length > 0) {
    const message = `is ${quoted(apiVersion)}; a ${kind} is ${versions.join(' or ')}`
    return { manifest, field: ['apiVersion'], message }
  }
  const near = nearest(kind, [...new Set(Object.keys(kinds).map(each => each.split('/').pop() ?? ''))])
  const fix = near
    ? `did you mean ${near}?`
    : 'add it to scripts/check/kubernetes/schemas/kinds.ts and generate the schemas anew'
  return { manifest, field: ['kind'], message: `there is no schema for a ${kind || 'nameless kind'}; ${fix}` }
}

function toProblem(manifest: Manifest, error: ErrorObject): ManifestProblem {
  const field = pathOf(error.instancePath, manifest)
  const { keyword, params, parentSchema } = error
  if (keyword === 'additionalProperties') {
    const names = Object.keys(parentSchema?.properties ?? {})
    const name: string = params.additionalProperty
    const near = nearest(name, names)
    const fix = near
      ? `did you mean ${near}?`
      : `it has ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`
    return { manifest, field: [...field, name], message: `there is no such field; ${fix}` }
  }
  if (keyword === 'required')
    return { manifest, field: [...field, params.missingProperty], message: 'is missing' }
  const found = quoted(valueAt(manifest, field))
  if (keyword === 'enum') {
    const near = nearest(String(error.data), params.allowedValues.map(String))
    const fix = near ? `did you mean ${near}?` : `use one of ${params.allowedValues.join(', ')}`
    return { manifest, field, message: `is ${found}; ${fix}` }
  }
  return { manifest, field, message: `is ${found}, which ${error.message ?? 'is wrong'}` }
}

/** Keys of an object stay text, even where they look like numbers. */
function pathOf(pointer: string, root: unknown): FieldPath {
  const path: (string | number)[] = []
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(valueAt(root, path)) ? Number(key) : key)
  }
  return path
}

const prefix = 'dapr.io/'

/** The injector reads past an annotation that it does not know. */
function checkAnnotations(manifest: Manifest): ManifestProblem[] {
  const field = ['spec', 'template', 'metadata', 'annotations']
  const annotations = valueAt(manifest, field)
  return Object.keys(annotations ?? {}).flatMap(name => {
    if (!name.startsWith(prefix) || schemas.annotations.includes(name.slice(prefix.length))) return []
    const near = nearest(name.slice(prefix.length), schemas.annotations)
    const fix = near ? `did you mean ${prefix}${near}?` : 'remove it'
    return [
      { manifest, field: [...field, name], message: `Dapr ${schemas.dapr} has no such annotation; ${fix}` },
    ]
  })
}

/** @throws InstallError when the committed schemas are of other versions than the pinned ones */
function assertCurrent(): void {
  if (schemas.dapr === PINNED.dapr && schemas.kubernetes === kubernetesVersion) return
  throw new InstallError(
    `scripts/check/kubernetes/schemas/schemas.json is of Kubernetes ${schemas.kubernetes} and Dapr ${schemas.dapr}, ` +
      `pinned are ${kubernetesVersion} and ${PINNED.dapr}.\nRun: bun scripts/check/kubernetes/schemas/generate.ts`,
  )
}
