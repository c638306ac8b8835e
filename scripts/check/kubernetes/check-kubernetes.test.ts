import { expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { formatFinding } from '../finding.ts'
import { fixtureTree } from '../fixture.ts'
import { checkAllOverlays, checkOverlay, toFinding } from './check-kubernetes.ts'
import { findKustomize } from './find-kustomize.ts'
import { installedKustomize } from './kustomize.ts'

const root = resolve(import.meta.dir, '../../..')
const kustomize = installedKustomize() ?? []
const why = kustomize.length > 0 ? '' : ' (needs kubectl or kustomize on the PATH)'
const overlayTest = why ? test.skip : test

/** What is found in an overlay like `local` whose kustomization is another one. */
async function findingsWith(change: (kustomization: string) => string): Promise<string[]> {
  await using tree = await fixtureTree({})
  await cp(join(root, 'k8s'), join(tree.root, 'k8s'), { recursive: true })
  for (const path of new Bun.Glob('services/*/service.yaml').scanSync({ cwd: root }))
    await Bun.write(join(tree.root, path), Bun.file(join(root, path)))
  const file = join(tree.root, 'k8s/overlays/local/kustomization.yaml')
  await Bun.write(file, change(await Bun.file(file).text()))
  const { findings } = await checkOverlay(tree.root, 'local', kustomize)
  return findings.map(each => formatFinding(toFinding(each)))
}

/** One more patch. */
const patch = (kind: string, name: string, operation: string) => (kustomization: string) =>
  kustomization.replace(
    'patches:\n',
    `patches:\n  - target: { kind: ${kind}, name: ${name} }\n    patch: |-\n      - ${operation}\n`,
  )

const container = 'spec.template.spec.containers[0]'

type Case = [what: string, change: (kustomization: string) => string, findings: (string | RegExp)[]]

const cases: Case[] = [
  ['nothing', kustomization => kustomization, []],
  [
    'a field that is misspelt',
    patch(
      'Deployment',
      'orders',
      '{ op: add, path: /spec/template/spec/containers/0/imagePullPolicey, value: Never }',
    ),
    [
      new RegExp(
        `^k8s/base/services/orders.yaml:\\d+: Deployment/orders, ${RegExp.escape(container)}.imagePullPolicey: there is no such field; did you mean imagePullPolicy\\?$`,
      ),
    ],
  ],
  [
    'events that are not retried',
    patch('Resiliency', 'shop', '{ op: remove, path: /spec/targets/components/pubsub }'),
    [
      /^k8s\/components\/postgres-rabbitmq\/dapr.yaml:\d+: Component\/pubsub, spec.type: .* pubsub has no inbound retry policy; add "pubsub:/,
    ],
  ],
  [
    'a value of another type',
    patch('HorizontalPodAutoscaler', 'cart', '{ op: replace, path: /spec/maxReplicas, value: many }'),
    [
      /^k8s\/base\/services\/cart.yaml:\d+: HorizontalPodAutoscaler\/cart, spec.maxReplicas: is "many", which must be integer$/,
    ],
  ],
  [
    'a value that is none of those that there are',
    patch(
      'Deployment',
      'cart',
      '{ op: add, path: /spec/template/spec/containers/0/imagePullPolicy, value: Allways }',
    ),
    [
      /Deployment\/cart, spec.template.spec.containers\[0\].imagePullPolicy: is "Allways"; did you mean Always\?$/,
    ],
  ],
  [
    'a field that is missing',
    patch('StatefulSet', 'rabbitmq', '{ op: remove, path: /spec/template/spec/containers/0/name }'),
    [/StatefulSet\/rabbitmq, spec.template.spec.containers\[0\].name: is missing$/],
  ],
  [
    'an amount of memory that is none',
    patch(
      'Deployment',
      'cart',
      '{ op: replace, path: /spec/template/spec/containers/0/resources/limits/memory, value: 1 GB }',
    ),
    [/Deployment\/cart, .*resources.limits.memory: is "1 GB", which must match pattern/],
  ],
  [
    'an annotation that the injector does not know',
    patch(
      'Deployment',
      'cart',
      '{ op: add, path: /spec/template/metadata/annotations/dapr.io~1app-prot, value: "1" }',
    ),
    [
      /annotations\[dapr.io\/app-prot\]: Dapr 1.18.2 has no such annotation; did you mean dapr.io\/app-port\?$/,
    ],
  ],
  [
    'a secret that nobody provides',
    patch(
      'Component',
      'pubsub',
      '{ op: replace, path: /spec/metadata/0/secretKeyRef/name, value: rabbitmq-uri }',
    ),
    [
      /^k8s\/components\/postgres-rabbitmq\/dapr.yaml:\d+: Component\/pubsub, spec.metadata\[0\].secretKeyRef: there is no secret rabbitmq-uri; did you mean rabbitmq-url\?$/,
      'k8s/overlays/local/secrets.yaml: nothing asks for the secret rabbitmq-url; remove it',
    ],
  ],
  [
    'a part that a secret has not',
    patch(
      'Deployment',
      'cart',
      '{ op: replace, path: /spec/template/spec/containers/0/env/2/valueFrom/secretKeyRef/key, value: tokn }',
    ),
    [/env\[2\].valueFrom.secretKeyRef: the secret dapr-api-token has no tokn; did you mean token\?$/],
  ],
  [
    'a type of component that there is not',
    patch('Component', 'carts', '{ op: replace, path: /spec/type, value: state.postgresq }'),
    [
      /^k8s\/components\/postgres-rabbitmq\/dapr.yaml:\d+: Component\/carts, spec.type: state.postgresq: the pinned Dapr has no such component type; did you mean/,
    ],
  ],
  [
    'a setting that the component does not read',
    patch('Component', 'pubsub', '{ op: replace, path: /spec/metadata/1/name, value: consumerIdd }'),
    [/Component\/pubsub, spec.metadata\[1\]: .*consumerIdd.*consumerID/],
  ],
  [
    'a component that is not there',
    kustomization =>
      kustomization.replace(
        'patches:\n',
        'patches:\n  - patch: |-\n      $patch: delete\n      apiVersion: dapr.io/v1alpha1\n      kind: Component\n      metadata: { name: carts }\n',
      ),
    [
      'k8s/overlays/local: has no component of type state.* named carts, which cart uses; add k8s/overlays/local/carts.yaml',
    ],
  ],
  [
    'an image without a tag',
    patch(
      'StatefulSet',
      'rabbitmq',
      '{ op: replace, path: /spec/template/spec/containers/0/image, value: rabbitmq }',
    ),
    [
      /StatefulSet\/rabbitmq, spec.template.spec.containers\[0\].image: is "rabbitmq" with no tag, so that nobody knows which one runs/,
    ],
  ],
  [
    'a folder that is not there',
    kustomization => kustomization.replace('components/edge', 'components/edgy'),
    [/^k8s\/overlays\/local\/kustomization.yaml: .*components\/edgy/],
  ],
]

overlayTest.each(cases)(
  `%s is told with its object, its field and why${why}`,
  async (_, change, expected) => {
    const wanted = expected.map(each => (typeof each === 'string' ? each : expect.stringMatching(each)))
    expect(await findingsWith(change)).toEqual(wanted)
  },
  30_000,
)

overlayTest(
  `another namespace, of which access control is not told${why}`,
  async () => {
    const found = await findingsWith(text => text.replace('namespace: shop\n', 'namespace: shop-2\n'))
    expect(found).toContainEqual(
      expect.stringMatching(
        /^k8s\/base\/services\/cart.yaml:\d+: Configuration\/cart, spec.accessControl.policies\[0\].namespace: is shop, and the shop is in shop-2; a call would be denied/,
      ),
    )
  },
  30_000,
)

overlayTest.each([
  ['redis', ['redis-host', 'redis-password']],
  ['kafka', ['kafka-brokers', 'kafka-password', 'kafka-user']],
])(
  `the set %s takes the place of another, but for its secrets${why}`,
  async (set, secrets) => {
    const found = await findingsWith(text =>
      text.replace('components/postgres-rabbitmq', `components/${set}`),
    )
    const missing = found.flatMap(each => /there is no secret ([a-z-]+)/.exec(each)?.[1] ?? [])
    expect(missing.sort()).toEqual(secrets)
    expect(found.filter(each => !each.includes(' secret '))).toEqual([])
  },
  30_000,
)

overlayTest(
  `the overlays of the shop are right${why}`,
  async () => {
    expect(await checkAllOverlays(root)).toEqual([])
  },
  30_000,
)

overlayTest(`so is the Ingress controller, which needs none of their components${why}`, async () => {
  const { objects, findings } = await checkOverlay(root, './k8s/traefik', kustomize)
  expect(findings).toEqual([])
  expect(objects).toBeGreaterThan(0)
})

test('without any kustomize the reason is told', async () => {
  const env = { PATH: '/nowhere', HOME: '/nowhere', SHOP_DAPR_SOURCE: 'installed' }
  await using tree = await fixtureTree({})
  const found = await findKustomize(() => {}, { ...env, SHOP_CACHE_DIR: tree.root })
  expect(found).toEqual({ reason: expect.stringContaining('neither kubectl nor kustomize is installed') })
  expect(found).toEqual({ reason: expect.stringContaining('no kustomize on the PATH') })
})

test('an overlay that there is not, and a list of secrets that is none', async () => {
  await using tree = await fixtureTree({
    'k8s/overlays/production/kustomization.yaml': 'resources: []\n',
    'k8s/overlays/production/secrets.yaml': 'shop-tls: tls.crt\n',
  })
  await expect(checkOverlay(tree.root, 'prodution', ['true'])).rejects.toThrow(
    "There is no overlay 'prodution'; did you mean production?",
  )
  await expect(checkOverlay(tree.root, 'production', ['true'])).rejects.toThrow(
    'k8s/overlays/production/secrets.yaml: shop-tls needs a list of its keys',
  )
})

overlayTest(`for bun run check, such a list is a finding like others${why}`, async () => {
  await using tree = await fixtureTree({
    'k8s/overlays/production/kustomization.yaml': 'resources: []\n',
    'k8s/overlays/production/secrets.yaml': 'shop-tls: tls.crt\n',
  })
  const [finding, ...more] = await checkAllOverlays(tree.root)
  expect(finding).toEqual({
    file: 'k8s/overlays/production',
    message: expect.stringContaining('shop-tls needs a list of its keys'),
  })
  expect(more).toEqual([])
})
