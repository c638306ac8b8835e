import { expect, test } from 'bun:test'
import { fieldOf, type Manifest } from './manifest.ts'
import { checkShapes } from './shape.ts'

const found = (manifest: Manifest) =>
  checkShapes([manifest]).map(({ field, message }) => `${fieldOf(field)}: ${message}`)

const policy = (spec: unknown): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'x' },
  spec,
})

test('a port may be a number or a name, a quantity a number or a text', () => {
  for (const port of [80, 'http'])
    expect(found(policy({ podSelector: {}, ingress: [{ ports: [{ port }] }] }))).toEqual([])
  for (const storage of ['1Gi', 1, '0.5', '1e9', '100m'])
    expect(
      found({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'x' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
      }),
    ).toEqual([])
})

test.each<[what: string, manifest: Manifest, findings: string[]]>([
  [
    'a value of a list',
    policy({ podSelector: {}, policyTypes: ['Ingres'] }),
    ['spec.policyTypes[0]: is "Ingres"; did you mean Ingress?'],
  ],
  [
    'a label that is no text',
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', labels: { a: true as never } } },
    ['metadata.labels.a: is true, which must be string'],
  ],
  [
    'a kind that is misspelt',
    { apiVersion: 'apps/v1', kind: 'Deploymnet', metadata: { name: 'x' } },
    ['kind: there is no schema for a Deploymnet; did you mean Deployment?'],
  ],
  [
    'a version that is gone',
    { apiVersion: 'autoscaling/v2beta2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' } },
    ['apiVersion: is "autoscaling/v2beta2"; a HorizontalPodAutoscaler is autoscaling/v2'],
  ],
  [
    'what a CRD asks for',
    {
      apiVersion: 'dapr.io/v1alpha1',
      kind: 'Configuration',
      metadata: { name: 'x' },
      spec: { metrics: { http: {} } },
    },
    ['spec.metrics.enabled: is missing'],
  ],
  [
    'a field that a CRD has not',
    {
      apiVersion: 'dapr.io/v1alpha1',
      kind: 'Component',
      metadata: { name: 'x' },
      scope: ['orders'],
      spec: { type: 'state.redis', version: 'v1', metadata: [] },
    },
    ['scope: there is no such field; did you mean scopes?'],
  ],
])('%s is told', (_, manifest, findings) => {
  expect(found(manifest)).toEqual(findings)
})
