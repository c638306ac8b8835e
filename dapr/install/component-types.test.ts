import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { readComponentTypes, withTypes } from './component-types.ts'
import { InstallError } from './errors.ts'
import { emptyPlace } from './testing.ts'

/** What the YAML of a repository uses: the result, or the message of the InstallError. */
async function read(files: Record<string, string>) {
  await using place = await emptyPlace()
  for (const [name, text] of Object.entries(files)) await Bun.write(join(place.path, name), text)
  return await readComponentTypes(place.path).catch((error: unknown) => {
    if (error instanceof InstallError) return error.message
    throw error
  })
}

function component(type: string, version = 'v1'): string {
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: part\nspec:\n  type: ${type}\n  version: ${version}\n`
}

test('components of every set, the name resolver and the middlewares of configurations', async () => {
  const found = await read({
    'components/embedded/store.yaml': component('state.sqlite'),
    'components/redis/store.yml': component('state.redis'),
    'components/redis/README.md': 'kind: Component',
    'dapr/configuration/cart.yaml':
      'kind: Configuration\nspec:\n  nameResolution:\n    component: sqlite\n' +
      '  httpPipeline:\n    handlers:\n      - name: a\n        type: middleware.http.bearer\n' +
      '  appHttpPipeline:\n    handlers:\n      - name: b\n        type: middleware.http.uppercase\n',
  })
  expect(found).toMatchObject({
    uses: [
      { type: 'state.sqlite', version: 'v1', file: 'components/embedded/store.yaml', line: 6 },
      { type: 'state.redis', file: 'components/redis/store.yml', line: 6 },
      { type: 'nameresolution.sqlite', file: 'dapr/configuration/cart.yaml', line: 4 },
      { type: 'middleware.http.bearer', line: 8 },
      { type: 'middleware.http.uppercase', line: 12 },
    ],
    registrations: [
      'middleware_http_bearer',
      'middleware_http_uppercase',
      'nameresolution_sqlite',
      'state_redis',
      'state_sqlite',
    ],
  })
})

test('an alias needs the same registration as the name it stands for', async () => {
  const aliases = await read({
    'components/a/a.yaml': component('state.SQLite3'),
    'components/a/b.yaml': component('pubsub.mqtt'),
  })
  expect(aliases).toMatchObject({ registrations: ['pubsub_mqtt3', 'state_sqlite'] })
})

test('types that code names are added, once', () => {
  const used = { uses: [], registrations: ['state_sqlite'] }
  const { registrations } = withTypes(used, ['pubsub.redis', 'state.sqlite', 'lock.redis'])
  expect(registrations).toEqual(['lock_redis', 'pubsub_redis', 'state_sqlite'])
  expect(() => withTypes(used, ['lock.rediss'])).toThrow(
    'lock.rediss: the pinned Dapr has no such component type; did you mean lock.redis',
  )
})

test('a configuration that names no resolver needs mDNS, as daprd falls back to it', async () => {
  expect(await read({ 'dapr/configuration/a.yaml': 'kind: Configuration\nspec: {}\n' })).toMatchObject({
    registrations: ['nameresolution_mdns'],
  })
})

test('only Components count, also in a file of several documents', async () => {
  const text = `kind: Subscription\nspec:\n  type: nonsense\n---\n${component('pubsub.redis')}`
  expect(await read({ 'components/a/a.yaml': text })).toMatchObject({
    uses: [{ type: 'pubsub.redis', line: 10 }],
    registrations: ['pubsub_redis'],
  })
})

test('an unknown type of a configuration is named with its file, line and what it may have meant', async () => {
  const text = 'kind: Configuration\nspec:\n  nameResolution:\n    component: sqllite\n'
  expect(await read({ 'dapr/configuration/a.yaml': text })).toBe(
    'dapr/configuration/a.yaml:4: nameresolution.sqllite: the pinned Dapr has no such component type; did you mean nameresolution.sqlite?',
  )
})

test('all problems of configurations are told at once', async () => {
  const resolver = 'kind: Configuration\nspec:\n  nameResolution:\n    component: sqlite\n'
  const handler = (lines: string) => `${resolver}  httpPipeline:\n    handlers:\n      - name: a\n${lines}`
  const message = await read({
    'dapr/configuration/a.yaml': 'kind: Configuration\nspec:\n  nameResolution: [\n',
    'dapr/configuration/b.yaml': handler('        type: middleware.http.nonesuch\n'),
    'dapr/configuration/c.yaml': handler('        type: middleware.http.bearer\n        version: v3\n'),
    'dapr/configuration/d.yaml': handler(''),
  })
  expect(message).toMatch(/configuration\/a\.yaml:\d: /)
  expect(message).toContain('configuration/b.yaml:8: middleware.http.nonesuch: the pinned Dapr has no such')
  expect(message).toContain(
    'configuration/c.yaml:8: middleware.http.bearer: there is no version v3; write v1',
  )
  expect(message).toContain('configuration/d.yaml:7: `type` must be the name of a component type')
})

test('what is wrong with a component is for the check of its set: the others of the repository are found', async () => {
  expect(
    await read({
      'components/a/a.yaml': component('state.nonesuch'),
      'components/a/b.yaml': 'kind: Component\nspec:\n  type: [\n',
      'components/a/c.yaml': 'kind: Component\nspec:\n  version: v1\n',
      'components/a/d.yaml': 'kind: Component\n',
      'components/b/store.yaml': component('state.redis'),
    }),
  ).toMatchObject({ registrations: ['state_redis'] })
})

test('the shop’s own YAML is right', async () => {
  const { registrations } = await readComponentTypes(resolve(import.meta.dir, '../..'))
  expect(registrations).toEqual(
    expect.arrayContaining(['pubsub_mqtt3', 'secretstores_local_file', 'state_sqlite']),
  )
})
