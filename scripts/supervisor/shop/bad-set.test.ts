import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fixtureTree } from '../../check/fixture.ts'
import { runInfrastructure } from '../infrastructure/run-infrastructure.ts'
import { readInstance } from '../session/instance.ts'
import { runShop } from './run-shop.ts'

const root = resolve(import.meta.dir, '../../..')

/** This repository, as far as a start reads it before it starts anything, with one bad setting. */
async function badShop() {
  const files: Record<string, string> = {}
  for (const pattern of [
    'dapr/dapr.yaml',
    'dapr/resiliency/*.yaml',
    'services/*/service.yaml',
    'components/embedded/*.yaml',
  ]) {
    for await (const file of new Bun.Glob(pattern).scan({ cwd: root }))
      files[file] = await Bun.file(join(root, file)).text()
  }
  const pubsub = 'components/embedded/pubsub.yaml'
  return await fixtureTree({ ...files, [pubsub]: (files[pubsub] ?? '').replace('value: "1"', 'value: "0"') })
}

const told =
  /^Nothing was started: the component set embedded is not right\.\ncomponents\/embedded\/pubsub\.yaml:\d+: qos 0 sends events without asking whether they arrive; write "qos" with "1"$/

test('a bad set is told before anything starts, with the messages of check:components', async () => {
  await using shop = await badShop()
  const instance = readInstance({ root: shop.root, env: {} })
  await expect(runShop({ instance, command: 'start', logs: [] })).rejects.toThrow(told)
  await expect(runInfrastructure({ instance, cli: false })).rejects.toThrow(told)
  expect(existsSync(join(shop.root, '.local'))).toBe(false)
})
