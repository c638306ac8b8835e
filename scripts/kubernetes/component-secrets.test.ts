import { expect, test } from 'bun:test'
import { atComponents, type DaprComponent, locateSecrets } from './component-secrets.ts'
import { formatProblem, type Problem } from './problem.ts'

const component = (name: string, secret: string): DaprComponent => ({
  metadata: { name },
  spec: { metadata: [{ name: 'connectionString', secretKeyRef: { name: secret } }, { name: 'version' }] },
})
const components = [component('pubsub', 'rabbitmq-url'), component('carts', 'postgres-carts')]
const told: Problem[] = [
  { object: 'Secret/rabbitmq-url', reason: 'there is no such secret', graceSeconds: 0 },
  { object: 'Deployment/cart', field: 'spec', reason: 'another', graceSeconds: 10 },
]
const another = 'Deployment/cart spec: another'
const missing = (name: string, secret: string) =>
  `Component/${name} spec.metadata[connectionString].secretKeyRef: there is no secret "${secret}" in the namespace`

test('a missing secret is told as the field that refers to it, and with it all others that are missing', () => {
  expect(atComponents(told, components, undefined).map(formatProblem)).toEqual([
    another,
    missing('pubsub', 'rabbitmq-url'),
  ])
  expect(atComponents(told, components, ['app-api-token']).map(formatProblem)).toEqual([
    another,
    missing('pubsub', 'rabbitmq-url'),
    missing('carts', 'postgres-carts'),
  ])
  expect(atComponents(told, [], []).map(formatProblem)).toEqual([
    another,
    'Secret/rabbitmq-url: there is no such secret',
  ])
})

test('the cluster is asked only when a secret is missing; what may not be read is done without', async () => {
  const asked: string[] = []
  const kubectl = async ([, what = '']: readonly string[]) => {
    asked.push(what)
    if (what === 'secrets') throw new Error('forbidden')
    return JSON.stringify({ items: components })
  }
  const options = { kubectl, namespace: 'shop' }
  expect(await locateSecrets(told.slice(1), options)).toEqual(told.slice(1))
  expect(asked).toEqual([])
  const found = await locateSecrets(told, options)
  expect(found.map(formatProblem)).toEqual([another, missing('pubsub', 'rabbitmq-url')])
  expect(asked).toEqual(['components.dapr.io', 'secrets'])
})
