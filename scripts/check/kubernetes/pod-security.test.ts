import { expect, test } from 'bun:test'
import { fieldOf, type Manifest } from './manifest.ts'
import { checkPodSecurity } from './pod-security.ts'

const namespace = (enforce: string): Manifest => ({
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { 'pod-security.kubernetes.io/enforce': enforce } },
})
const secured = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
}
const deployment = (spec: object): Manifest => ({ kind: 'Deployment', spec: { template: { spec } } })

function fields(spec: object, enforce = 'restricted'): string[] {
  return checkPodSecurity([namespace(enforce), deployment(spec)]).map(({ field }) =>
    fieldOf(field).replace('spec.template.spec.', ''),
  )
}

test('a pod that is restricted has nothing wrong, and one that is not has everything', () => {
  expect(fields(secured)).toEqual([])
  const context = 'containers[0].securityContext'
  expect(fields({ containers: [{}] })).toEqual(
    ['runAsNonRoot', 'seccompProfile.type', 'allowPrivilegeEscalation', 'capabilities.drop'].map(
      name => `${context}.${name}`,
    ),
  )
  expect(fields({ containers: [{}] }, 'baseline')).toEqual([])
})

test.each([
  [{ hostNetwork: true }, 'hostNetwork'],
  [
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', hostPath: { path: '/' } },
      ],
    },
    'volumes[1].hostPath',
  ],
  [
    { initContainers: [{ securityContext: { allowPrivilegeEscalation: false } }] },
    'initContainers[0].securityContext.capabilities.drop',
  ],
  [
    { securityContext: { ...secured.securityContext, runAsUser: 0 } },
    'containers[0].securityContext.runAsUser',
  ],
  [
    {
      containers: [
        {
          securityContext: {
            privileged: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
    'containers[0].securityContext.privileged',
  ],
  [
    {
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
          },
        },
      ],
    },
    'containers[0].securityContext.capabilities.add',
  ],
  [
    {
      containers: [
        {
          securityContext: {
            runAsNonRoot: false,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
    'containers[0].securityContext.runAsNonRoot',
  ],
])('%j', (change, field) => {
  expect(fields({ ...secured, ...change })).toEqual([field])
})
