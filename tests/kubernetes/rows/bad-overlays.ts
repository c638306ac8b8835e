import { apply } from '../../../scripts/kubernetes/apply.ts'
import { kubectl } from '../../../scripts/kubernetes/kubectl.ts'
import { rolledOut } from '../../../scripts/kubernetes/rollout.ts'
import type { Row } from '../../swap/row.ts'
import type { Cluster } from '../cluster.ts'
import { manager, testLabel } from '../install/installation.ts'

interface Bad {
  id: string
  title: string
  /** What is wrong with a deployment that has this image otherwise. */
  container?: object
  annotations?: Record<string, string>
  /** Beside the deployment. */
  beside?: (namespace: string) => object[]
  /** In what is told. */
  told: string[]
}

const name = 'bad'
const withinSeconds = 60

const all: Bad[] = [
  {
    id: 'missing-secret',
    title: 'a secret that is missing: told, after',
    container: {
      env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'nobody-has-this', key: 'token' } } }],
    },
    told: [
      `Deployment/${name} spec.template.spec.containers[app].env[TOKEN].valueFrom.secretKeyRef`,
      'nobody-has-this',
    ],
  },
  {
    id: 'wrong-image',
    title: 'an image that nobody has: told, after',
    container: { image: 'elysia-dapr-shop/gateway:no-such-version' },
    told: [
      `Deployment/${name} spec.template.spec.containers[app].image`,
      'elysia-dapr-shop/gateway:no-such-version',
    ],
  },
  {
    id: 'unknown-component',
    title: 'a component that Dapr does not know: told, after',
    annotations: { 'dapr.io/enabled': 'true', 'dapr.io/app-id': name },
    beside: namespace => [
      {
        apiVersion: 'dapr.io/v1alpha1',
        kind: 'Component',
        metadata: { name: 'carts', namespace },
        spec: { type: 'state.abacus', version: 'v1', metadata: [] },
      },
    ],
    told: ['Component/carts spec.type', 'state.abacus'],
  },
]

/** What cannot come up is told with the object, the field and why, instead of waited for. */
export function badOverlays({ namespace: shop, apps }: Cluster): Row[] {
  return all.map(bad => ({
    id: bad.id,
    title: bad.title,
    async run({ signal }) {
      const namespace = `${shop}-${bad.id}`
      const image = (await apps()).find(({ name }) => name === 'gateway')?.image ?? ''
      await apply(kubectl, manifests(bad, { namespace, image }), { manager, signal })
      try {
        const began = performance.now()
        const told = await rolledOut([{ kind: 'Deployment', metadata: { name } }], {
          kubectl,
          namespace,
          timeoutSeconds: withinSeconds,
          signal,
        }).then(
          () => 'that it is ready',
          (error: Error) => error.message,
        )
        const seconds = (performance.now() - began) / 1_000
        const missing = bad.told.filter(words => !told.includes(words))
        if (missing.length > 0) throw new Error(`it was told ${told}; without ${missing.join(', ')}`)
        if (seconds > withinSeconds) throw new Error(`that took ${seconds.toFixed(0)} s`)
        return { words: `✓ ${seconds.toFixed(0)} s`, values: { seconds } }
      } finally {
        await kubectl(['delete', 'namespace', namespace, '--wait=false'])
      }
    },
  }))
}

function manifests(bad: Bad, { namespace, image }: { namespace: string; image: string }): object {
  const labels = { 'app.kubernetes.io/name': name }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: bad.annotations },
        spec: { containers: [{ name: 'app', image, ...bad.container }] },
      },
    },
  }
  const home = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { [testLabel]: 'true' } },
  }
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [home, ...(bad.beside?.(namespace) ?? []), deployment],
  }
}
