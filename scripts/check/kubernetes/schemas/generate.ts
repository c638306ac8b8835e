// Run after a change of kinds.ts or of the pinned Dapr: `bun scripts/check/kubernetes/schemas/generate.ts`. Needs Go.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { runtimeSource } from '../../../../dapr/install/build.ts'
import { run } from '../../../../dapr/install/process.ts'
import { findGo } from '../../../../dapr/install/toolchain.ts'
import { PINNED } from '../../../../dapr/install/versions.ts'
import { enumFieldsIn, enumsIn } from './go-enums.ts'
import { daprKinds, kinds, kubernetesVersion } from './kinds.ts'
import { definitionPrefix, reachable, type Schema, simplify } from './simplify.ts'

const output = join(import.meta.dir, 'schemas.json')

/** The API groups whose Go types are read for the values of fields, as the OpenAPI document calls them. */
const packages = ['apps/v1', 'autoscaling/v2', 'batch/v1', 'core/v1', 'networking/v1', 'policy/v1', 'rbac/v1']

interface Crd {
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

/** The text of schemas.json: one line for each definition. */
export async function renderSchemas(work: string): Promise<string> {
  const go = await findGo(process.env, work, undefined)
  if ('reasons' in go) throw new Error(go.reasons.join('\n'))
  const kubernetes = await moduleSource(go.path, work, `k8s.io/kubernetes@v${kubernetesVersion}`)
  const api = await moduleSource(go.path, work, `k8s.io/api@v${kubernetesVersion.replace(/^1/, '0')}`)
  const dapr = await runtimeSource({ go: go.path, env: process.env, work, signal: undefined })
  const definitions = await kubernetesDefinitions(kubernetes, api)
  const crds = await crdsOf(dapr)
  const named = new Map<string, string>()
  for (const [apiVersion, names] of Object.entries(kinds))
    for (const kind of names) named.set(`${apiVersion}/${kind}`, definitionOf(apiVersion, kind, definitions))
  for (const { apiVersion, kind, schema } of crds) {
    const name = `io.dapr.${apiVersion.split('/')[1]}.${kind}`
    definitions[name] = schema
    named.set(`${apiVersion}/${kind}`, name)
  }
  const used = reachable([...named.values()], definitions)
  const lines = Object.entries(used).map(
    ([name, each]) => `    ${JSON.stringify(name)}: ${JSON.stringify(each)}`,
  )
  const parts = [
    `"kubernetes": ${JSON.stringify(kubernetesVersion)}`,
    `"dapr": ${JSON.stringify(PINNED.dapr)}`,
    `"annotations": ${JSON.stringify(await annotationsOf(dapr))}`,
    `"kinds": ${JSON.stringify(Object.fromEntries([...named].sort()))}`,
    `"definitions": {\n${lines.join(',\n')}\n  }`,
  ]
  return `{\n  ${parts.join(',\n  ')}\n}\n`
}

async function moduleSource(go: string, work: string, module: string): Promise<string> {
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOWORK: 'off' }
  const options = { cwd: work, env, work, signal: undefined }
  const { output: answer, errors } = await run([go, 'mod', 'download', '-json', module], options)
  const { Dir, Error: reason } = JSON.parse(answer || '{}')
  if (!Dir) throw new Error(reason ?? errors.join('\n'))
  return Dir
}

async function kubernetesDefinitions(source: string, api: string): Promise<Record<string, Schema>> {
  const swagger: { definitions: Record<string, Schema> } = await Bun.file(
    join(source, 'api/openapi-spec/swagger.json'),
  ).json()
  const definitions = Object.fromEntries(
    Object.entries(swagger.definitions).map(([name, schema]) => [name, simplify(schema)]),
  )
  // YAML may write it without quotes. The pattern is that of resource.ParseQuantity.
  definitions['io.k8s.apimachinery.pkg.api.resource.Quantity'] = {
    type: ['string', 'number'],
    pattern: '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$',
  }
  for (const name of packages) {
    const text = await Bun.file(join(api, name, 'types.go')).text()
    for (const { struct, field, isList, values } of enumFieldsIn(text, enumsIn(text))) {
      const property = definitions[`io.k8s.api.${name.replace('/', '.')}.${struct}`]?.properties?.[field]
      const holder = isList ? property?.items : property
      if (holder) holder.enum = values
    }
  }
  return definitions
}

/** `io.k8s.api.apps.v1.Deployment` for Deployment of apps/v1. */
function definitionOf(apiVersion: string, kind: string, definitions: Record<string, Schema>): string {
  const [group = '', version = group] = apiVersion.split('/')
  const shortGroup = apiVersion === 'v1' ? 'core' : (group.split('.')[0] ?? '')
  const name = `io.k8s.api.${shortGroup}.${version}.${kind}`
  if (!definitions[name]) throw new Error(`Kubernetes ${kubernetesVersion} has no ${kind} of ${apiVersion}`)
  return name
}

async function crdsOf(source: string): Promise<{ apiVersion: string; kind: string; schema: Schema }[]> {
  const folder = join(source, 'charts/dapr/crds')
  const files = (await readdir(folder)).filter(name => name.endsWith('.yaml')).sort()
  const crds: Crd[] = await Promise.all(
    files.map(async file => parse(await Bun.file(join(folder, file)).text())),
  )
  return crds
    .filter(({ spec }) => daprKinds.includes(spec.names.kind))
    .flatMap(({ spec: { group, names, versions } }) =>
      versions.map(({ name, schema }) => {
        const simple = simplify(schema.openAPIV3Schema)
        const metadata = { $ref: `${definitionPrefix}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta` }
        const properties = { ...simple.properties, metadata }
        return { apiVersion: `${group}/${name}`, kind: names.kind, schema: { ...simple, properties } }
      }),
    )
}

/** Names of the annotations that the injector reads, without `dapr.io/`. */
async function annotationsOf(source: string): Promise<string[]> {
  const text = await Bun.file(join(source, 'pkg/injector/annotations/annotations.go')).text()
  return [...text.matchAll(/^\s*Key\w+\s*=\s*"dapr\.io\/([^"]+)"/gm)].map(([, name = '']) => name).sort()
}

if (import.meta.main) {
  const work = await mkdtemp(join(tmpdir(), 'kubernetes-schemas-'))
  try {
    await Bun.write(output, await renderSchemas(work))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
