import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './folder.ts'
import { component, writeConfiguration, writeResources } from './resources.ts'

test('metadata of a component are texts', () => {
  expect(
    component('orders', 'state.redis', { redisDB: 3, enableTLS: false }, { scopes: ['orders'] }),
  ).toEqual({
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'orders' },
    spec: {
      type: 'state.redis',
      version: 'v1',
      metadata: [
        { name: 'redisDB', value: '3' },
        { name: 'enableTLS', value: 'false' },
      ],
    },
    scopes: ['orders'],
  })
})

test('objects and files go into one folder, other folders stay where they are', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'given.yaml')
  await Bun.write(file, 'kind: Resiliency')
  const into = join(folder.path, 'resources')
  const resources = [component('a', 'state.in-memory'), file, folder.path]
  expect(await writeResources(into, resources)).toEqual([into, folder.path])
  expect((await readdir(into)).sort()).toEqual(['0.yaml', '1-given.yaml'])
  expect(await Bun.file(join(into, '0.yaml')).json()).toMatchObject({ kind: 'Component' })
})

test('a resource that is not there', async () => {
  await using folder = await temporaryFolder()
  await expect(writeResources(join(folder.path, 'resources'), ['/nowhere/a.yaml'])).rejects.toThrow(
    '/nowhere/a.yaml',
  )
})

test('a configuration names its own resolver, or has the file’s', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'configuration.yaml')
  await writeConfiguration(file, { spec: { tracing: { samplingRate: '1' } }, names: '/home/names.db' })
  expect((await Bun.file(file).json()).spec).toMatchObject({
    tracing: { samplingRate: '1' },
    nameResolution: { component: 'sqlite', configuration: { connectionString: 'file:/home/names.db' } },
  })
  await writeConfiguration(file, { spec: { nameResolution: { component: 'mdns' } }, names: '' })
  expect((await Bun.file(file).json()).spec).toEqual({ nameResolution: { component: 'mdns' } })
})
