import { formatFinding } from '../finding.ts'
import { fixtureTree } from '../fixture.ts'
import { checkComponents } from './check-components.ts'
import { toFinding } from './set-finding.ts'

/** A service.yaml. */
export const service = (name: string, port: number, more: string) =>
  `name: ${name}\ndescription: Does ${name}.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: ${port}\n${more}`

export const pubsub = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: pubsub }
spec:
  type: pubsub.mqtt3
  version: v1
  metadata:
    - name: url
      secretKeyRef: { name: broker-url, key: broker-url }
    - name: allowedTopics
      value: order-placed, billing.dead-letters
    - name: publishingScopes
      value: orders=order-placed;billing=billing.dead-letters
    - name: subscriptionScopes
      value: billing=order-placed,billing.dead-letters;orders=
auth: { secretStore: secrets }
scopes: [orders, billing]
`
export const component = (name: string, type: string, settings: Record<string, string>) =>
  `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: ${name} }
spec: { type: ${type}, version: v1, metadata: ${JSON.stringify(Object.entries(settings).map(([name, value]) => ({ name, value })))} }
`
export const carts = `${component('carts', 'state.sqlite', { connectionString: 'file:carts.db', busyTimeout: '20s' })}scopes: [cart]\n`
/** Whose apps are `scopes`. */
export const secretsOf = (...scopes: string[]) =>
  `${component('secrets', 'secretstores.local.file', { secretsFile: 'secrets.json' })}scopes: [${scopes}]\n`
export const secrets = secretsOf('billing', 'orders')
export const provider = component('provider', 'bindings.http', { url: 'http://127.0.0.1:1' })
export const vault = component('vault', 'crypto.dapr.jwks', { jwks: 'keys.json' })
/** Eight attempts in up to 23 s. */
export const resiliency = `apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: { name: shop }
spec:
  policies:
    timeouts: { event: 2s }
    retries: { event: { policy: constant, duration: 1s, maxRetries: 7 } }
  targets:
    components:
      pubsub: { inbound: { timeout: event, retry: event } }
`
/** A right shop with the component set `own`. */
const files = {
  'services/orders/service.yaml': service('orders', 8003, 'publishes: [order-placed]\n'),
  'services/billing/service.yaml': service('billing', 8004, 'subscribes: [order-placed]\nsecrets: [key]\n'),
  'services/cart/service.yaml': service('cart', 8002, 'stores: [carts]\n'),
  'components/README.md': '# Components\n',
  'components/own/pubsub.yaml': pubsub,
  'components/own/carts.yaml': carts,
  'components/own/secrets.yaml': secrets,
  'dapr/resiliency/resiliency.yaml': resiliency,
}

/** What is found when some of the files are others; undefined: the file is not there. */
export async function findingsWith(changes: Record<string, string | undefined>): Promise<string[]> {
  const changed = Object.entries({ ...files, ...changes }).flatMap(([path, text]) =>
    text === undefined ? [] : [[path, text]],
  )
  await using tree = await fixtureTree(Object.fromEntries(changed))
  const findings = await checkComponents(tree.root, 'own')
  return findings.map(each => formatFinding(toFinding(each)).replace(/^components\/own\//, 'own/'))
}

const topics = {
  allowedTopics: 'order-placed,billing.dead-letters',
  publishingScopes: 'orders=order-placed;billing=billing.dead-letters',
  subscriptionScopes: 'billing=order-placed,billing.dead-letters;orders=',
}

/**
 * What is found when the broker of the shop, or its state store, is one of this type with these settings; a value that
 * begins with `secret:` comes from the secret store.
 *
 * @param component its type, with a slash before the version if that is not v1
 */
export async function findingsOf(component: string, settings: Record<string, string>): Promise<string[]> {
  const [type = '', version = 'v1'] = component.split('/')
  const isBroker = type.startsWith('pubsub.')
  const entries = Object.entries({ ...settings, ...(isBroker && topics) }).map(([name, value]) => {
    const secret = /^secret:(.*)/.exec(value)?.[1]
    return secret ? { name, secretKeyRef: { name: secret, key: secret } } : { name, value }
  })
  const name = isBroker ? 'pubsub' : 'carts'
  const text = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: { name: ${name} }
spec:
  type: ${type}
  version: ${version}
  metadata:
${entries.map(each => `    - ${JSON.stringify(each)}`).join('\n')}
auth: { secretStore: secrets }
scopes: [${isBroker ? 'orders, billing' : 'cart'}]
`
  const found = await findingsWith({
    [`components/own/${name}.yaml`]: text,
    'components/own/secrets.yaml': isBroker ? secrets : secretsOf('billing', 'cart', 'orders'),
  })
  return found.map(each => each.replace(`own/${name}.yaml:`, ''))
}
