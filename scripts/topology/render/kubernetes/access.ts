import type { Service } from '../../load.ts'
import { metadataOf } from './names.ts'

/**
 * The account of a service. Its token is not mounted; the sidecar of a service that reads secrets gets one of its own,
 * which may read these secrets and do nothing else.
 */
export function serviceAccount({ name, secrets }: Service): object[] {
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadataOf(name),
    automountServiceAccountToken: false,
  }
  if (secrets.length === 0) return [account]
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  return [
    account,
    {
      apiVersion,
      kind: 'Role',
      metadata: metadataOf(name),
      rules: [
        { apiGroups: [''], resources: ['secrets'], resourceNames: [...secrets].sort(), verbs: ['get'] },
      ],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: metadataOf(name),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name }],
    },
  ]
}
