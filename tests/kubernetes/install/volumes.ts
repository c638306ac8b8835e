import type { Manifest } from '../../../scripts/deploy/manifest.ts'
import { apply } from '../../../scripts/kubernetes/apply.ts'
import { type Installation, manager, testLabel } from './installation.ts'

/** On the node. */
const parent = '/var/tmp'
const folder = 'elysia-dapr-shop-test'
const namespace = 'shop-test-volumes'
const isDefault = 'storageclass.kubernetes.io/is-default-class'

/**
 * Folders of a node as volumes, on a cluster that makes none by itself, for the claims of these manifests.
 * @param image has a shell, and is on the node or can be pulled
 */
export async function provideVolumes(
  installation: Installation,
  { manifests, image, claimedIn }: { manifests: readonly Manifest[]; image: string; claimedIn: string },
): Promise<void> {
  const { kubectl, report, signal, cleanup } = installation
  const json = async (...args: string[]) =>
    JSON.parse(await kubectl(['get', ...args, '--output', 'json'], { signal })).items as KubernetesObject[]
  const classes = await json('storageclasses')
  if (classes.some(({ metadata }) => metadata.annotations?.[isDefault] === 'true')) return
  const claims = manifests.flatMap(claimsOf)
  const node = (await json('nodes'))[0]?.metadata.name ?? ''
  report(
    `volumes: ${claims.length} folders of the node ${node}, since the cluster has no default storage class`,
  )

  /** Runs a script on the node, in the parent of the folder of all volumes. */
  const onNode = async (name: string, script: string, until?: AbortSignal) => {
    const inNamespace = ['--namespace', namespace]
    await kubectl(['delete', `pod/${name}`, ...inNamespace, '--ignore-not-found'], { signal: until })
    await apply(kubectl, pod({ name, node, image, script }), { manager, signal: until })
    const done = ['wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/${name}`, '--timeout', '60s']
    await kubectl([...done, ...inNamespace], { signal: until })
  }
  const removed = ['delete', 'persistentvolume', '--selector', testLabel, '--ignore-not-found']
  await kubectl(removed, { signal })
  cleanup.defer(async () => {
    await kubectl([...removed, '--wait=false'])
    await onNode('remove', `rm -rf ${folder}`)
    await kubectl(['delete', 'namespace', namespace, '--wait=false'])
  })
  await apply(
    kubectl,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { manager, signal },
  )
  const folders = claims.map(name => `mkdir -m 0777 ${folder}/${name}`)
  await onNode('make', [`rm -rf ${folder}`, `mkdir ${folder}`, ...folders].join(' && '), signal)
  const items = claims.map(name => volume({ name, node, claimedIn }))
  await apply(kubectl, { apiVersion: 'v1', kind: 'List', items }, { manager, signal })
}

interface KubernetesObject {
  metadata: { name: string; annotations?: Record<string, string> }
}

/** Names of the claims that a manifest is, or makes. */
function claimsOf({ kind, metadata, spec }: Manifest): string[] {
  if (kind === 'PersistentVolumeClaim') return [metadata.name]
  const { replicas = 1, volumeClaimTemplates = [] } = (spec ?? {}) as StatefulSetSpec
  return volumeClaimTemplates.flatMap(template =>
    Array.from({ length: replicas }, (_, index) => `${template.metadata.name}-${metadata.name}-${index}`),
  )
}

interface StatefulSetSpec {
  replicas?: number
  volumeClaimTemplates?: { metadata: { name: string } }[]
}

function pod({ name, node, image, script }: Record<'name' | 'node' | 'image' | 'script', string>): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 0 },
      containers: [
        {
          name: 'shell',
          image,
          command: ['/bin/sh', '-c', script],
          workingDir: '/host',
          volumeMounts: [{ name: 'host', mountPath: '/host' }],
        },
      ],
      volumes: [{ name: 'host', hostPath: { path: parent, type: 'Directory' } }],
    },
  }
}

function volume({ name, node, claimedIn }: Record<'name' | 'node' | 'claimedIn', string>): object {
  const ofNode = { key: 'metadata.name', operator: 'In', values: [node] }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `shop-test-${name}`, labels: { [testLabel]: 'true' } },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: claimedIn, name },
      hostPath: { path: `${parent}/${folder}/${name}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchFields: [ofNode] }] } },
    },
  }
}
