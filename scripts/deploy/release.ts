import { apply } from '../kubernetes/apply.ts'
import type { Kubectl } from '../kubernetes/kubectl.ts'
import { type Manifest, renderManifests } from './manifest.ts'

/** What was last deployed and found healthy; kept in the cluster, in a ConfigMap of this name. */
export interface Release {
  commit: string
  /** By service. */
  images: Record<string, string>
  /** All that was applied, as YAML; without secrets. */
  manifest: string
}

const name = 'shop-release'

/** Of all fields that a deployment sets. */
export const manager = 'shop-deploy'

/** Undefined before the first one. */
export async function readRelease(kubectl: Kubectl, namespace: string): Promise<Release | undefined> {
  const get = ['get', 'configmap', name, '--namespace', namespace, '--ignore-not-found', '--output', 'json']
  const output = await kubectl(get)
  if (output.trim() === '') return undefined
  const { commit, images, manifest } = JSON.parse(output).data
  return { commit, images: JSON.parse(images), manifest }
}

export async function writeRelease(
  kubectl: Kubectl,
  namespace: string,
  { commit, images, manifest }: Release,
): Promise<void> {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { commit, images: JSON.stringify(images), manifest },
  }
  await apply(kubectl, object, { manager })
}

export function withoutSecrets(manifests: readonly Manifest[]): string {
  return renderManifests(manifests.filter(({ kind }) => kind !== 'Secret'))
}
