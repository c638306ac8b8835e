// Shared by the tests of this folder: folders that vanish, executables to find, a server of real release archives.

import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Environment } from './cache.ts'
import type { ComponentTypes } from './component-types.ts'
import { archiveOf } from './release.ts'
import type { Binary } from './versions.ts'

export const noComponents: ComponentTypes = { uses: [], registrations: [] }

export interface Place extends AsyncDisposable {
  path: string
  /** A machine with nothing on it: an empty PATH, home and cache. */
  env: Environment & { PATH: string; HOME: string; SHOP_CACHE_DIR: string }
}

export async function emptyPlace(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'install-test-'))
  const env = { PATH: join(path, 'bin'), HOME: join(path, 'home'), SHOP_CACHE_DIR: join(path, 'cache') }
  return { path, env, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** An executable that answers `--version` with the given text. */
export async function putExecutable(path: string, version: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await Bun.write(path, executable(version))
  await chmod(path, 0o755)
}

function executable(version: string): string {
  return `#!/bin/sh\necho '${version}'\n`
}

export interface ReleaseServer extends AsyncDisposable {
  url: string
  /** Path and Range of every request for an archive. */
  requests: { path: string; range: string | null }[]
}

export interface ReleaseServerOptions {
  binaries: Binary[]
  /** Length of noise in each archive, to have something to cut off. Default 1 MB. */
  padding?: number
  /** The checksum files tell the truth unless this says otherwise. */
  checksum?: (truth: string) => string
  /** What happens after half of the archive, by number of the request from 1. Default: the other half. */
  halfWay?: (count: number) => 'hang up' | 'hang' | 'go on'
}

/** Real tar.gz archives and checksum files, laid out as the official releases are. */
export async function serveReleases({
  binaries,
  padding = 1_000_000,
  checksum = truth => truth,
  halfWay = () => 'go on',
}: ReleaseServerOptions): Promise<ReleaseServer> {
  const archives = new Map<string, Uint8Array<ArrayBuffer>>()
  const sums = new Map<string, string>()
  for (const binary of binaries) {
    const { url, checksums, name } = archiveOf(binary, { SHOP_RELEASE_URL: 'http://any' })
    const inside = binary === 'nats-server' ? `${name.replace('.tar.gz', '')}/${binary}` : binary
    const noise = crypto.getRandomValues(new Uint8Array(65_536))
    const files = {
      LICENSE: new Blob(
        Array.from({ length: Math.ceil(padding / noise.length) }, (_, index) =>
          noise.map(byte => byte ^ ((index * 37) % 251)),
        ),
      ),
      [inside]: executable(`release of ${binary}`),
    }
    const archive = await new Bun.Archive(files, { compress: 'gzip' }).bytes()
    const sum = checksum(new Bun.CryptoHasher('sha256').update(archive).digest('hex'))
    archives.set(new URL(url).pathname, archive)
    const path = new URL(checksums).pathname
    sums.set(path, `${sums.get(path) ?? ''}${sum} *${name}\n`)
  }
  const requests: ReleaseServer['requests'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const sum = sums.get(path)
    if (sum) return response.end(sum)
    const range = request.headers.range ?? null
    requests.push({ path, range })
    const archive = archives.get(path)
    if (!archive) return response.writeHead(404).end()
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const half = Math.floor(archive.length / 2)
    const next = halfWay(requests.length)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': archive.length - from })
    if (next === 'go on') return response.end(archive.subarray(from))
    return response.write(archive.subarray(from, half), () => {
      if (next === 'hang up') response.destroy()
    })
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const close = async () => {
    server.closeAllConnections()
    await new Promise(closed => server.close(closed))
  }
  return { url: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close }
}
