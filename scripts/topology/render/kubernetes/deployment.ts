import type { Service } from '../../load.ts'
import { apiAccess, daprAnnotations, shutdown, terminationSeconds } from './annotations.ts'
import { labelsOf, metadataOf, selectorOf, tokenSecrets } from './names.ts'

/** What of a service the folder tells, and its service.yaml does not. */
export interface Facts {
  /** Where its own database is: on a server, for which it has migrations, or in a file. Undefined: it has none. */
  database: 'server' | 'file' | undefined
}

/** Any user but root; that of Dapr's images, so that both containers can read the volumes of the pod. */
const user = 65532

/** What an app is given, by its language: to begin with, an overlay may say otherwise. */
const resources = {
  typescript: { cpu: '100m', memory: '192Mi', limit: '512Mi' },
  python: { cpu: '100m', memory: '128Mi', limit: '384Mi' },
  go: { cpu: '50m', memory: '32Mi', limit: '128Mi' },
} as const

/** Where the database of a service is that keeps it in a file. */
const dataFolder = '/data'

/** Whether several replicas can run side by side: nothing is kept, or where all of them find it. */
export function isReplicable({ database }: Facts): boolean {
  return database !== 'file'
}

export function deployment(service: Service, facts: Facts) {
  const { name } = service
  const replicable = isReplicable(facts)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(name),
    spec: {
      // of several the autoscaler says how many
      ...(!replicable && { replicas: 1 }),
      // of a file there is one owner: the old one goes before the new one comes
      strategy: replicable
        ? { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
        : { type: 'Recreate' },
      selector: { matchLabels: selectorOf(name) },
      template: {
        metadata: { labels: labelsOf(name), annotations: daprAnnotations(service) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: terminationSeconds,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: user,
            runAsGroup: user,
            fsGroup: user,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          ...(replicable && { topologySpreadConstraints: spread(name) }),
          containers: [container(service, replicable)],
          volumes: volumes(service, replicable),
        },
      },
    },
  }
}

function container({ name, language, ports, public: isPublic, env }: Service, replicable: boolean) {
  const { cpu, memory, limit } = resources[language]
  return {
    name: 'app',
    image: `elysia-dapr-shop/${name}`,
    env: [
      { name: 'APP_ID', value: name },
      { name: 'APP_PORT', value: String(ports.app) },
      // otherwise loopback, where nobody but the sidecar of the same pod reaches it
      ...(isPublic ? [{ name: 'APP_HOST', value: '0.0.0.0' }] : []),
      ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
      { name: 'DAPR_API_TOKEN', valueFrom: tokenOf(tokenSecrets.daprApi) },
      { name: 'APP_API_TOKEN', valueFrom: tokenOf(tokenSecrets.appApi) },
    ],
    ...(isPublic && { ports: [{ name: 'http', containerPort: ports.app }] }),
    // It listens once its sidecar is there, its secrets are read and its tables are migrated, two minutes at the most.
    startupProbe: { ...probe('alive'), periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...probe('ready'), periodSeconds: 5, failureThreshold: 2 },
    // not `ready`: a restart brings no database back
    livenessProbe: { ...probe('alive'), periodSeconds: 10, failureThreshold: 3 },
    lifecycle: {
      preStop: { sleep: { seconds: replicable ? shutdown.beforeDrain : shutdown.beforeDrainAlone } },
    },
    resources: { requests: { cpu, memory }, limits: { cpu: '1', memory: limit } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(replicable ? [] : [{ name: 'data', mountPath: dataFolder }]),
    ],
  }
}

/** A program of the image, since the kubelet does not reach an app on loopback: see k8s/probe. */
function probe(question: 'alive' | 'ready') {
  return { exec: { command: ['/probe', question] }, timeoutSeconds: 3 }
}

function tokenOf(secret: string) {
  return { secretKeyRef: { name: secret, key: 'token' } }
}

function spread(name: string) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(name) },
    matchLabelKeys: ['pod-template-hash'],
  }))
}

function volumes({ name, secrets }: Service, replicable: boolean) {
  return [
    { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
    ...(replicable ? [] : [{ name: 'data', persistentVolumeClaim: { claimName: name } }]),
    ...(secrets.length > 0 ? [{ name: apiAccess, projected: { sources: apiAccessSources } }] : []),
  ]
}

/** What Kubernetes itself would mount into every container of a pod. */
const apiAccessSources = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
]

/** For the database of a service that keeps it in a file. */
export function volumeClaim(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(name),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
}
