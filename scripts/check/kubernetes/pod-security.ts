import { type FieldPath, type Manifest, type ManifestProblem, valueAt } from './manifest.ts'

const template: FieldPath = ['spec', 'template', 'spec']
const label = 'pod-security.kubernetes.io/enforce'

/** Kinds of volumes that a restricted pod may have. */
const volumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

/**
 * What a namespace that enforces `restricted` refuses of a pod, so that a Deployment would make none.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function checkPodSecurity(manifests: readonly Manifest[]): ManifestProblem[] {
  const isRestricted = manifests.some(
    ({ kind, metadata }) => kind === 'Namespace' && metadata?.labels?.[label] === 'restricted',
  )
  return isRestricted ? manifests.flatMap(checkPod) : []
}

interface SecurityContext {
  runAsNonRoot?: boolean
  runAsUser?: number
  seccompProfile?: { type?: string }
  allowPrivilegeEscalation?: boolean
  privileged?: boolean
  capabilities?: { drop?: string[]; add?: string[] }
}

function checkPod(manifest: Manifest): ManifestProblem[] {
  const pod = valueAt(manifest, template) as Record<string, unknown> | undefined
  if (!pod) return []
  const problem = (field: FieldPath, wanted: string) => ({
    manifest,
    field: [...template, ...field],
    message: `a namespace with ${label}: restricted refuses the pod; ${wanted}`,
  })
  const ofPod = (pod.securityContext ?? {}) as SecurityContext
  const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter(name => pod[name] === true)
  const containers = ['initContainers', 'containers'].flatMap(list =>
    ((pod[list] ?? []) as { securityContext?: SecurityContext }[]).flatMap(
      ({ securityContext = {} }, index) =>
        wantedOf({ ...ofPod, ...securityContext }).map(([name, wanted]) =>
          problem([list, index, 'securityContext', ...name.split('.')], wanted),
        ),
    ),
  )
  const strange = ((pod.volumes ?? []) as object[]).flatMap((volume, index) =>
    Object.keys(volume)
      .filter(name => name !== 'name' && !volumes.includes(name))
      .map(name => problem(['volumes', index, name], `use one of ${volumes.join(', ')}`)),
  )
  return [...host.map(name => problem([name], 'remove it')), ...containers, ...strange]
}

/** What a container lacks, with what its pod says for all; each field with what it has to be. */
function wantedOf(context: SecurityContext): [field: string, wanted: string][] {
  const { capabilities, seccompProfile } = context
  const rules: [field: string, isRight: boolean, wanted: string][] = [
    ['runAsNonRoot', context.runAsNonRoot === true, 'write true, here or for the pod'],
    ['runAsUser', context.runAsUser !== 0, 'name another user than root'],
    [
      'seccompProfile.type',
      ['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? ''),
      'write RuntimeDefault, here or for the pod',
    ],
    ['allowPrivilegeEscalation', context.allowPrivilegeEscalation === false, 'write false'],
    ['privileged', context.privileged !== true, 'remove it'],
    ['capabilities.drop', capabilities?.drop?.includes('ALL') === true, 'write [ALL]'],
    [
      'capabilities.add',
      (capabilities?.add ?? []).every(each => each === 'NET_BIND_SERVICE'),
      'add nothing but NET_BIND_SERVICE',
    ],
  ]
  return rules.filter(([, isRight]) => !isRight).map(([field, , wanted]) => [field, wanted])
}
