import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { findInstalled } from './installed.ts'
import { emptyPlace, putExecutable } from './testing.ts'
import { PINNED } from './versions.ts'

test('a fitting daprd on the PATH', async () => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'daprd'), '1.18.9')
  expect(await findInstalled('daprd', place.env)).toMatchObject({
    path: join(place.env.PATH, 'daprd'),
    version: '1.18.9',
  })
})

test.each(['1.17.9', '1.18.1', '1.19.0', '1.18.3-rc.1', 'edge'])('daprd %s does not fit', async version => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'daprd'), version)
  expect(await findInstalled('daprd', place.env)).toMatchObject({
    reasons: [expect.stringContaining(place.env.PATH)],
  })
})

test('under ~/.dapr/bin, also when the PATH has one that does not fit', async () => {
  await using place = await emptyPlace()
  const folder = join(place.env.HOME, '.dapr/bin')
  await putExecutable(join(place.env.PATH, 'daprd'), '1.14.4')
  await putExecutable(join(folder, 'daprd'), PINNED.dapr)
  expect(await findInstalled('daprd', place.env)).toMatchObject({
    path: join(folder, 'daprd'),
    version: PINNED.dapr,
  })
})

test('placement and scheduler count beside a fitting daprd only', async () => {
  await using place = await emptyPlace()
  const folder = join(place.env.HOME, '.dapr/bin')
  await putExecutable(join(place.env.PATH, 'scheduler'), 'some other scheduler')
  expect(await findInstalled('scheduler', place.env)).toEqual({
    reasons: ['no daprd on the PATH or under ~/.dapr/bin'],
  })
  await putExecutable(join(folder, 'daprd'), PINNED.dapr)
  await putExecutable(join(folder, 'scheduler'), 'not asked')
  expect(await findInstalled('scheduler', place.env)).toMatchObject({ path: join(folder, 'scheduler') })
  expect(await findInstalled('sentry', place.env)).toEqual({
    reasons: [`sentry is not beside ${join(folder, 'daprd')}`],
  })
})

test.each([
  ['nats-server: v2.11.0', '2.11.0'],
  ['nats-server: v2.15.2', '2.15.2'],
])('%s fits', async (answer, version) => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'nats-server'), answer)
  expect(await findInstalled('nats-server', place.env)).toMatchObject({ version })
})

test('nats-server 2.9 is too old', async () => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'nats-server'), 'nats-server: v2.9.10')
  expect(await findInstalled('nats-server', place.env)).toMatchObject({
    reasons: [expect.stringContaining('is 2.9.10')],
  })
})

test('the CLI’s own version counts, not the runtime’s', async () => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'dapr'), 'CLI version: 1.16.5 \nRuntime version: n/a')
  expect(await findInstalled('dapr', place.env)).toMatchObject({ version: '1.16.5' })
  await putExecutable(join(place.env.PATH, 'dapr'), 'CLI version: edge \nRuntime version: 1.18.2')
  expect(await findInstalled('dapr', place.env)).toMatchObject({
    reasons: [expect.stringContaining('does not tell')],
  })
})
