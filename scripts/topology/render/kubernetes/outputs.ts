import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { yamlFiles } from '../../../../dapr/install/yaml-files.ts'
import { componentSets } from '../../../component-sets.ts'
import type { Service, Topology } from '../../load.ts'
import { renderManifests, renderYaml } from '../yaml.ts'
import type { Facts } from './deployment.ts'
import { serverPolicies } from './network.ts'
import { renderKubernetesService } from './service.ts'

/** Globs of what is rendered for Kubernetes. */
export const generatedForKubernetes = [
  'k8s/base/services/*',
  'k8s/components/*/dapr.yaml',
  'k8s/components/secret-store/secrets.yaml',
]

/**
 * The part of k8s/ that follows from service.yaml files, from dapr/resiliency and from the component sets.
 *
 * kustomize reads nothing outside of the folder of a kustomization, and a folder of components may hold nothing else:
 * so what it takes from there is repeated here.
 */
export function renderKubernetes(topology: Topology, root: string): [path: string, text: string][] {
  const files = [
    ...topology.services.map((service): [string, string] => [
      `k8s/base/services/${service.name}.yaml`,
      renderKubernetesService(topology, service, { database: databaseOf(service, root) }),
    ]),
    ...resiliency(root),
  ]
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(([path]) => basename(path)),
  }
  return [
    ...files,
    ['k8s/base/services/kustomization.yaml', renderYaml(kustomization)],
    ['k8s/components/secret-store/secrets.yaml', renderManifests([secretStore(topology)])],
    ...componentSets(root)
      .filter(isForKubernetes)
      .flatMap(set => componentsOf(root, set)),
  ]
}

/** Migrations for a server are applied at start, by one replica at a time. */
function databaseOf({ secrets, dir }: Service, root: string): Facts['database'] {
  if (!secrets.some(secret => secret.endsWith('-database'))) return undefined
  return existsSync(join(root, dir, 'migrations/postgres')) ? 'server' : 'file'
}

/** What the services read themselves comes from: the sidecar of each may read the secrets of its service.yaml. */
function secretStore({ services }: Topology) {
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'secrets' },
    spec: { type: 'secretstores.kubernetes', version: 'v1', metadata: [] },
    scopes: services.filter(({ secrets }) => secrets.length > 0).map(({ name }) => name),
  }
}

/** The embedded set is files of one machine. */
function isForKubernetes(set: string): boolean {
  return set !== 'embedded'
}

function resiliency(root: string): [string, string][] {
  const objects = copies(root, 'dapr/resiliency')
  if (objects.length === 0) return []
  return [['k8s/base/services/resiliency.yaml', renderManifests(objects, 'dapr/resiliency')]]
}

/** Every component of a set but its secret store, which is Kubernetes' own there. */
function componentsOf(root: string, set: string): [string, string][] {
  const objects = copies(root, `components/${set}`).filter(
    ({ spec }) => !String(spec?.type).startsWith('secretstores.'),
  )
  const policies = serverPolicies(
    objects.map(({ spec, scopes }) => ({ type: String(spec?.type), scopes: scopes ?? [] })),
  )
  return [
    [`k8s/components/${set}/dapr.yaml`, renderManifests([...objects, ...policies], `components/${set}`)],
  ]
}

interface Resource {
  spec?: { type?: unknown }
  scopes?: string[]
}

/** The documents of a folder, in the order of its files; none of what is no YAML, which other checks tell. */
function copies(root: string, folder: string): Resource[] {
  if (!existsSync(join(root, folder))) return []
  return yamlFiles(join(root, folder))
    .flatMap(file => parseAllDocuments(readFileSync(join(root, folder, file), 'utf8')))
    .filter(({ errors }) => errors.length === 0)
    .map(document => document.toJS() as Resource)
    .filter(resource => resource !== null)
}
