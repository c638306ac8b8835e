import { expect, test } from 'bun:test'
import type { Manifest } from './manifest.ts'
import { checkWorkloads } from './workloads.ts'

const messages = (...manifests: Manifest[]) => checkWorkloads(manifests).map(({ message }) => message)

const deployment = (image: string, labels = {}): Manifest => ({
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: { template: { metadata: { labels }, spec: { containers: [{ image }] } } },
})

const digest = `sha256:${'0'.repeat(64)}`

test.each([
  ['orders:1.0.0', undefined],
  ['registry.example.com:5000/shop/orders:v1', undefined],
  [`ghcr.io/a/b@${digest}`, undefined],
  [`ghcr.io/a/b:1@${digest}`, undefined],
  ['orders', 'no tag'],
  ['registry.example.com:5000/shop/orders', 'no tag'],
  ['orders:latest', 'the tag latest'],
  ['Shop Orders:1', 'no name of an image'],
  ['shop/Orders:1', 'no name of an image'],
  [`ghcr.io/a/b@sha256:12`, 'no name of an image'],
  ['', 'no name of an image'],
])('the image "%s"', (image, problem) => {
  expect(messages(deployment(image))).toEqual(problem ? [expect.stringContaining(problem)] : [])
})

test('a Service or a budget that selects nothing is told', () => {
  const service = (selector: object): Manifest => ({ kind: 'Service', spec: { selector } })
  const budget = (matchLabels: object): Manifest => ({
    kind: 'PodDisruptionBudget',
    spec: { selector: { matchLabels } },
  })
  const pods = deployment('a:1', { app: 'orders', tier: 'back' })
  expect(messages(pods, service({ app: 'orders' }), budget({ app: 'orders', tier: 'back' }))).toEqual([])
  expect(messages(pods, service({ app: 'order' }), budget({ app: 'orders', tier: 'front' }))).toEqual([
    'no pod has the labels app=order',
    'no pod has the labels app=orders, tier=front',
  ])
})
