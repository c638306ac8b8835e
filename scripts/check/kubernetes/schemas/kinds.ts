/** What manifests are held against. After a change here: `bun scripts/check/kubernetes/schemas/generate.ts`. */
export const kubernetesVersion = '1.37.2'

/** Kinds of Kubernetes that may be used below k8s/, by their apiVersion. */
export const kinds: Record<string, readonly string[]> = {
  v1: [
    'ConfigMap',
    'LimitRange',
    'Namespace',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'apps/v1': ['DaemonSet', 'Deployment', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
}

/** And of Dapr, in all versions that its CRDs have. */
export const daprKinds: readonly string[] = [
  'Component',
  'Configuration',
  'HTTPEndpoint',
  'Resiliency',
  'Subscription',
]
