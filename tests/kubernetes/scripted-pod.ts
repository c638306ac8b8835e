export interface ScriptedPod {
  /** Of a TypeScript service: it has Bun. */
  image: string
  /** Has the script as `app.ts`. */
  configMap: string
  env?: Record<string, string>
}

/** Where images of the TypeScript services have Bun. */
const bun = '/usr/local/bin/bun'

/** The spec of a pod that runs a script and is let into a namespace that is `restricted`. */
export function scriptedPod({ image, configMap, env = {} }: ScriptedPod) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'app',
        image,
        command: [bun, '/script/app.ts'],
        env: [
          ...Object.entries(env).map(([name, value]) => ({ name, value })),
          {
            name: 'DAPR_API_TOKEN',
            valueFrom: { secretKeyRef: { name: 'dapr-api-token', key: 'token' } },
          },
        ],
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'script', mountPath: '/script', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'script', configMap: { name: configMap } },
      { name: 'tmp', emptyDir: {} },
    ],
  }
}
