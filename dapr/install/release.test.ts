import { expect, test } from 'bun:test'
import { archiveOf, fetchRelease } from './release.ts'
import { emptyPlace, serveReleases } from './testing.ts'
import { PARTS } from './versions.ts'

const wrong = '0'.repeat(64)

/** Fetches daprd from a server whose checksum file says `served`, with `pinned` for its archive. */
async function fetchWith({ served, pinned }: { served: 'truth' | 'a lie'; pinned?: 'truth' | 'a lie' }) {
  let truth = ''
  await using place = await emptyPlace()
  await using server = await serveReleases({
    binaries: ['daprd'],
    checksum: sum => {
      truth = sum
      return served === 'truth' ? sum : wrong
    },
  })
  const env = { ...place.env, SHOP_RELEASE_URL: server.url }
  const pin = `${PARTS.daprd.version}/${archiveOf('daprd', env).name}`
  const path = await fetchRelease('daprd', {
    env,
    downloads: place.path,
    work: place.path,
    signal: undefined,
    progress: () => {},
    pins: pinned ? { [pin]: pinned === 'truth' ? truth : wrong } : {},
  })
  return await Bun.file(path).text()
}

test('a pinned checksum wins over the one of the server', async () => {
  expect(await fetchWith({ served: 'a lie', pinned: 'truth' })).toContain('release of daprd')
  await expect(fetchWith({ served: 'truth', pinned: 'a lie' })).rejects.toThrow(wrong)
})

test('without a pin the server’s checksum decides', async () => {
  expect(await fetchWith({ served: 'truth' })).toContain('release of daprd')
  await expect(fetchWith({ served: 'a lie' })).rejects.toThrow(wrong)
})
