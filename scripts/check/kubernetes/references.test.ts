import { expect, test } from 'bun:test'
import { fieldOf, type Manifest, nameOf } from './manifest.ts'
import { checkReferences, unusedSecrets } from './references.ts'

const named = (kind: string, name: string, more: object = {}): Manifest => ({
  kind,
  metadata: { name },
  ...more,
})

const pod = (spec: object) => ({ spec: { template: { spec } } })

function found(manifests: Manifest[], secrets: Record<string, string[]> = {}): string[] {
  return checkReferences(manifests, new Map(Object.entries(secrets))).map(
    ({ manifest, field, message }) => `${nameOf(manifest)} ${fieldOf(field)}: ${message}`,
  )
}

test('secrets are found in the overlay, or among those that are given', () => {
  const asks = named(
    'Deployment',
    'a',
    pod({ containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }] }),
  )
  expect(found([asks, named('Secret', 's', { stringData: { k: 'x' } })])).toEqual([])
  expect(found([asks], { s: ['k'] })).toEqual([])
  expect(found([asks], { s: ['other'] })).toEqual([
    expect.stringContaining('the secret s has no k; use one of other'),
  ])
  expect(found([asks])).toEqual([
    'Deployment/a spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef: there is no secret s; if somebody else puts it there, list it in secrets.yaml of the overlay',
  ])
})

test.each<[what: string, manifest: Manifest, missing: string]>([
  ['a volume', named('Deployment', 'a', pod({ volumes: [{ secret: { secretName: 's' } }] })), 's'],
  [
    'a part of a volume',
    named('Deployment', 'a', pod({ volumes: [{ projected: { sources: [{ secret: { name: 's' } }] } }] })),
    's',
  ],
  [
    'all as environment',
    named('Deployment', 'a', pod({ containers: [{ envFrom: [{ secretRef: { name: 's' } }] }] })),
    's',
  ],
  ['a pull secret', named('Deployment', 'a', pod({ imagePullSecrets: [{ name: 's' }] })), 's'],
  ['a certificate', named('Ingress', 'a', { spec: { tls: [{ secretName: 's' }] } }), 's'],
  [
    'a token of Dapr',
    named('Deployment', 'a', {
      spec: { template: { metadata: { annotations: { 'dapr.io/app-token-secret': 's' } } } },
    }),
    's',
  ],
  ['a role', named('Role', 'a', { rules: [{ resources: ['secrets'], resourceNames: ['s'] }] }), 's'],
  [
    'a component',
    named('Component', 'a', { spec: { metadata: [{ name: 'url', secretKeyRef: { name: 's' } }] } }),
    's',
  ],
])('%s asks for a secret', (_, manifest, missing) => {
  expect(found([manifest])).toEqual([expect.stringContaining(`there is no secret ${missing}`)])
  expect(found([manifest], { s: ['s', 'token', 'tls.crt', 'tls.key'] })).toEqual([])
})

test('what may be missing is not told, and what nobody asks for is', () => {
  const source = { secret: { name: 's', optional: true, items: [{ key: 'k', path: 'k' }] } }
  const asks = named('StatefulSet', 'a', pod({ volumes: [{ projected: { sources: [source] } }] }))
  expect(found([asks])).toEqual([])
  expect(
    unusedSecrets(
      [asks],
      new Map([
        ['s', ['k']],
        ['t', ['k']],
      ]),
    ),
  ).toEqual(['t'])
})

test('a secret that many ask for is told once', () => {
  const role = (name: string) =>
    named('Role', name, { rules: [{ resources: ['secrets'], resourceNames: ['s'] }] })
  expect(found([role('a'), role('b')])).toEqual([
    expect.stringContaining('there is no secret s, which 2 places ask for'),
  ])
})

test.each<[what: string, manifest: Manifest, finding: string]>([
  [
    'an account',
    named('Deployment', 'a', pod({ serviceAccountName: 'orderz' })),
    'there is no ServiceAccount orderz; did you mean orders?',
  ],
  [
    'a volume',
    named('Deployment', 'a', pod({ volumes: [{ persistentVolumeClaim: { claimName: 'x' } }] })),
    'there is no PersistentVolumeClaim x; the overlay has none',
  ],
  [
    'what is scaled',
    named('HorizontalPodAutoscaler', 'a', { spec: { scaleTargetRef: { kind: 'Deployment', name: 'x' } } }),
    'there is no Deployment x; the overlay has none',
  ],
  [
    'a role',
    named('RoleBinding', 'a', { roleRef: { kind: 'Role', name: 'x' } }),
    'there is no Role x; the overlay has none',
  ],
  [
    'where an edge leads',
    named('Ingress', 'a', {
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'x' } } }] } }] },
    }),
    'there is no Service x; the overlay has none',
  ],
])('%s that is not there is told', (_, manifest, finding) => {
  expect(found([manifest, named('ServiceAccount', 'orders')])).toEqual([expect.stringContaining(finding)])
})
