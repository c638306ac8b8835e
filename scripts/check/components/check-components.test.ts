import { expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { componentSets } from '../../component-sets.ts'
import { fixtureTree } from '../fixture.ts'
import { assertComponents, checkComponents } from './check-components.ts'
import { carts, component, findingsWith, pubsub, secrets, service } from './shop-fixture.ts'

const root = resolve(import.meta.dir, '../../..')

const resiliency =
  'apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: mine }\nspec: { policies: {} }\n'

type Case = [name: string, changes: Record<string, string | undefined>, findings: string[]]

const names: Case[] = [
  [
    'a missing component',
    { 'components/own/pubsub.yaml': undefined },
    [
      'components/own: has no component of type pubsub.* named pubsub, which billing, orders use; add components/own/pubsub.yaml',
      'own/secrets.yaml:5: scopes has orders too much; write "scopes: [billing]"',
    ],
  ],
  [
    'a component that is there twice',
    { 'components/own/more.yaml': carts },
    [
      'own/more.yaml:3: there are two components named carts; remove one: components/own/carts.yaml:3 has it already',
    ],
  ],
  [
    'a component that is there twice in one file',
    { 'components/own/carts.yaml': `${carts}---\n${carts}` },
    [
      'own/carts.yaml:9: there are two components named carts; remove one: components/own/carts.yaml:3 has it already',
    ],
  ],
  [
    'a misspelt name',
    { 'components/own/carts.yaml': carts.replace('name: carts', 'name: cart') },
    ['own/carts.yaml:3: is named cart, which no service.yaml names; did you mean carts, which cart uses?'],
  ],
  [
    'an unscoped component',
    { 'components/own/carts.yaml': carts.replace('scopes: [cart]\n', '') },
    ['own/carts.yaml:1: has no scopes, so every app may use it; write "scopes: [cart]"'],
  ],
  [
    'a type of another kind',
    {
      'components/own/carts.yaml': carts
        .replace('state.sqlite', 'lock.redis')
        .replace('busyTimeout', 'redisHost')
        .replace('connectionString', 'redisUsername'),
    },
    ['own/carts.yaml:4: carts, which cart uses, is of type lock.redis; choose a type of state.*'],
  ],
  [
    'a misspelt type',
    { 'components/own/carts.yaml': carts.replace('state.sqlite', 'state.sqllite') },
    [
      'own/carts.yaml:4: state.sqllite: the pinned Dapr has no such component type; did you mean state.sqlite, or state.sqlite3?',
    ],
  ],
  [
    'a misspelt building block',
    { 'components/own/carts.yaml': carts.replace('state.sqlite', 'stat.sqlite') },
    [
      'own/carts.yaml:4: stat.sqlite: the pinned Dapr has no such component type; did you mean state.sqlite, or state.sqlite3?',
    ],
  ],
  [
    'a version that there is not',
    { 'components/own/carts.yaml': carts.replace('version: v1', 'version: v3') },
    ['own/carts.yaml:4: state.sqlite: there is no version v3; write v1'],
  ],
  [
    'a secret store that the set does not have',
    { 'components/own/pubsub.yaml': pubsub.replace('secretStore: secrets', 'secretStore: secret') },
    ['own/pubsub.yaml:16: the set has no secret store named secret; write "secretStore: secrets"'],
  ],
  [
    'a part of a secret that has none',
    { 'components/own/pubsub.yaml': pubsub.replace('key: broker-url', 'key: url') },
    [
      'own/pubsub.yaml:9: url asks for url of the secret broker-url, and secretstores.local.file has no parts of secrets; write "key: broker-url"',
    ],
  ],
  [
    'a secret from nowhere',
    { 'components/own/pubsub.yaml': pubsub.replace('auth: { secretStore: secrets }\n', '') },
    [
      'own/pubsub.yaml:9: url comes from a secret, and no secret store is named; add "auth: { secretStore: secrets }" to the component',
    ],
  ],
]

const shapes: Case[] = [
  [
    'bad YAML',
    { 'components/own/carts.yaml': `${carts}  scopes: [\n` },
    [
      'components/own: has no component of type state.* named carts, which cart uses; add components/own/carts.yaml',
      expect.stringMatching(
        /^own\/carts\.yaml:\d: not valid YAML, so daprd passes over it: .*; correct the syntax$/,
      ),
    ],
  ],
  [
    'a key twice',
    { 'components/own/secrets.yaml': `${secrets}kind: Component\n` },
    [
      'components/own: has no component of type secretstores.* named secrets, which billing uses; add components/own/secrets.yaml',
      'own/pubsub.yaml:16: the set has no secret store named secrets; add a component of type secretstores.*',
      'own/secrets.yaml:6: not valid YAML, so daprd passes over it: Map keys must be unique; correct the syntax',
    ],
  ],
  [
    'another kind',
    { 'components/own/carts.yaml': carts.replace('kind: Component', 'kind: Componet') },
    [
      'components/own: has no component of type state.* named carts, which cart uses; add components/own/carts.yaml',
      'own/carts.yaml:2: kind is Componet, so daprd passes over it; did you mean Component?',
    ],
  ],
  [
    'another version of the API',
    { 'components/own/carts.yaml': carts.replace('v1alpha1', 'v1') },
    [
      'own/carts.yaml:1: apiVersion is dapr.io/v1, so daprd passes over it; write "apiVersion: dapr.io/v1alpha1"',
    ],
  ],
  [
    'neither name, type nor version',
    {
      'components/own/carts.yaml': carts
        .replace('name: carts', '')
        .replace('type: state.sqlite, version: v1, ', ''),
    },
    [
      'components/own: has no component of type state.* named carts, which cart uses; add components/own/carts.yaml',
      'own/carts.yaml:1: has no name; add "metadata: { name: … }"',
      'own/carts.yaml:1: has no type; add "type", e.g. "type: state.sqlite", to spec',
      'own/carts.yaml:1: has no version; add "version: v1" to spec',
    ],
  ],
  [
    'another namespace',
    { 'components/own/carts.yaml': carts.replace('name: carts', 'name: carts, namespace: shop') },
    ['own/carts.yaml:3: namespace is shop, so daprd passes over it; remove the namespace'],
  ],
  [
    'the namespace of every sidecar',
    { 'components/own/carts.yaml': carts.replace('name: carts', 'name: carts, namespace: default') },
    [],
  ],
  [
    'files that are hidden, or end in other letters',
    { 'components/own/.carts.yaml': carts, 'components/own/carts.YML': carts },
    [
      'own/carts.yaml:3: there are two components named carts; remove one: components/own/.carts.yaml:3 has it already',
      'own/carts.YML:3: there are two components named carts; remove one: components/own/.carts.yaml:3 has it already',
    ],
  ],
  [
    'resiliency beside a component',
    { 'components/own/carts.yaml': `${carts}---\n${resiliency}` },
    [
      'own/carts.yaml:7: a Resiliency in a file with other documents, where daprd sees none but the first; give it a file of its own',
    ],
  ],
  [
    'a version that is a number',
    { 'components/own/carts.yaml': carts.replace('version: v1', 'version: 1') },
    ['own/carts.yaml:4: version is 1, which is no text; write "version: v1"'],
  ],
  [
    'scopes that are no list',
    { 'components/own/carts.yaml': carts.replace('[cart]', 'cart') },
    ['own/carts.yaml:5: scopes is no list; write "scopes: [app, …]"'],
  ],
  [
    'scopes that are no list, and of another app',
    { 'components/own/carts.yaml': carts.replace('[cart]', '{ orders: true }') },
    [
      'own/carts.yaml:5: scopes is no list; write "scopes: [app, …]"',
      'own/carts.yaml:5: scopes lacks cart and has orders, true too much; write "scopes: [cart]"',
    ],
  ],
  [
    'scopes without a value',
    { 'components/own/carts.yaml': carts.replace('[cart]', '') },
    ['own/carts.yaml:1: has no scopes, so every app may use it; write "scopes: [cart]"'],
  ],
  [
    'a component that a sidecar does without',
    { 'components/own/carts.yaml': carts.replace('version: v1', 'version: v1, ignoreErrors: true') },
    [
      'own/carts.yaml:4: ignoreErrors is true, so daprd goes on without it when its server is down or refuses the password; remove ignoreErrors',
    ],
  ],
  [
    'a component that no sidecar does without',
    { 'components/own/carts.yaml': carts.replace('version: v1', 'version: v1, ignoreErrors: false') },
    [],
  ],
  [
    'unknown keys, wherever they are',
    {
      'components/own/carts.yaml': carts
        .replace('scopes:', 'scope: []\nscopes:')
        .replace('version: v1', 'version: v1, ignoreError: true')
        .replace('"value":"20s"', '"values":"20s"'),
    },
    [
      'own/carts.yaml:4: unknown key spec.ignoreError; did you mean ignoreErrors?',
      'own/carts.yaml:4: unknown key of busyTimeout: values; did you mean value?',
      'own/carts.yaml:4: busyTimeout has no value; add "value: …" or "secretKeyRef: { name: …, key: … }"',
      'own/carts.yaml:5: unknown key scope; did you mean scopes?',
    ],
  ],
  [
    'a setting twice, and one from two places',
    {
      'components/own/pubsub.yaml': pubsub
        .replace(
          'key: broker-url }',
          'key: broker-url }\n      value: tcp://127.0.0.1\n    - { name: QOS, value: "1" }',
        )
        .replace('    - name: allowedTopics', '    - { name: qos, value: "1" }\n    - name: allowedTopics'),
    },
    [
      'own/pubsub.yaml:8: url has value and secretKeyRef; keep one of them',
      'own/pubsub.yaml:12: qos is there twice; remove it: line 11 has it already',
      'own/pubsub.yaml:10: url is written out, and everybody who reads the file can use it; put it into the secret store, and write "secretKeyRef: { name: …, key: … }" in place of the value',
    ].sort((a, b) => Number(a.split(':')[1]) - Number(b.split(':')[1])),
  ],
]

test.each([...names, ...shapes])('%s', async (_, changes, findings) => {
  expect(await findingsWith(changes)).toEqual(findings)
})

test('a resource of another kind that daprd loads, and a file that is empty', async () => {
  const changes = { 'components/own/mine.yaml': resiliency, 'components/own/none.yaml': '# later\n' }
  expect(await findingsWith(changes)).toEqual([])
})

test('an alias of a type, and a type in other letters, are what they stand for', async () => {
  expect(
    await findingsWith({ 'components/own/carts.yaml': carts.replace('state.sqlite', 'state.SQLite3') }),
  ).toEqual([])
})

test('what the topology does not know is not asked of it while a service.yaml is wrong', async () => {
  const changes = {
    'services/cart/service.yaml': service('cart', 1, ''),
    'components/own/pubsub.yaml': undefined,
  }
  expect(await findingsWith(changes)).toEqual([])
})

test('the sets of this repository are right, also as a folder elsewhere', async () => {
  const sets = componentSets(root)
  expect(sets).toContain('embedded')
  for (const set of sets) expect(await checkComponents(root, set)).toEqual([])
  await using elsewhere = await fixtureTree({
    'own/cache.yaml': component('cache', 'state.redis', { redisHost: '127.0.0.1' }),
  })
  const folder = join(elsewhere.root, 'own')
  await cp(join(root, 'components/embedded'), folder, { recursive: true })
  expect(await checkComponents(root, `${folder}/`)).toEqual([
    {
      file: `${folder}/cache.yaml`,
      line: 1,
      message: 'no service.yaml uses it',
      fix: 'remove the component, or name it under stores in the service.yaml of who uses it',
    },
  ])
})

test('a set that there is not', async () => {
  await using tree = await fixtureTree({ 'components/embedded/a.yaml': '', 'components/redis/a.yaml': '' })
  await expect(checkComponents(tree.root, 'rediss')).rejects.toThrow(
    "There is no component set 'rediss'; did you mean redis?",
  )
  await expect(checkComponents(tree.root, 'other')).rejects.toThrow('; use one of embedded, redis')
  await expect(checkComponents(tree.root, './other')).rejects.toThrow('There is no folder ./other.')
})

test('before a start, one message has everything', async () => {
  await using tree = await fixtureTree({
    'components/own/a.yaml': 'kind: Nothing\n',
    'components/own/b.yaml': 'text\n',
  })
  await expect(assertComponents(tree.root, 'own')).rejects.toThrow(
    'Nothing was started: the component set own is not right.\ncomponents/own/a.yaml:1: kind is Nothing',
  )
})
