import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { describe as describeInstall, estimate } from './describe.ts'
import { emptyPlace, noComponents, putExecutable, serveReleases } from './testing.ts'
import { PINNED } from './versions.ts'

test('what is installed, what a release would give, and what the next start takes', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['sentry'] })
  const folder = join(place.env.HOME, '.dapr/bin')
  await putExecutable(join(folder, 'daprd'), PINNED.dapr)
  const env = { ...place.env, SHOP_RELEASE_URL: server.url }
  const { outlook, waysOut } = await describeInstall(['daprd', 'sentry'], { components: noComponents, env })
  expect(outlook).toMatchObject([
    { binary: 'daprd', source: 'installed', present: true, path: join(folder, 'daprd') },
    { binary: 'sentry', source: 'release', present: false, why: expect.stringContaining(server.url) },
  ])
  expect(waysOut).toBeUndefined()
  // looking changes nothing: no archive was loaded
  expect(server.requests).toEqual([])
  expect(estimate(outlook)).toEqual([{ way: 'release', binaries: ['sentry'], minutes: 1, megabytes: 75 }])
})

test('a Go that is new enough makes a build possible', async () => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'go'), 'go1.99.0')
  const env = { ...place.env, SHOP_RELEASE_URL: 'http://127.0.0.1:1' }
  const { outlook, waysOut } = await describeInstall(['daprd', 'nats-server'], {
    components: noComponents,
    env,
  })
  expect(outlook).toMatchObject([
    { source: 'build', present: false, why: expect.stringContaining('cannot be reached') },
    { source: 'build', present: false, why: expect.stringContaining('built with Go 1.99.0') },
  ])
  expect(waysOut).toBeUndefined()
  const [build] = estimate(outlook)
  expect(build).toMatchObject({ way: 'build', binaries: ['daprd', 'nats-server'], megabytes: 3000 })
  expect(build?.minutes).toBeGreaterThan(0)
})

test('no way at all comes with the ways out', async () => {
  await using place = await emptyPlace()
  const env = { ...place.env, SHOP_RELEASE_URL: 'http://127.0.0.1:1' }
  const { outlook, waysOut } = await describeInstall(['daprd'], { components: noComponents, env })
  expect(outlook).toMatchObject([{ source: undefined, present: false }])
  expect(outlook[0]?.why).toContain('no pip')
  expect(waysOut).toContain('SHOP_RELEASE_URL')
  expect(estimate(outlook)).toEqual([])
})
