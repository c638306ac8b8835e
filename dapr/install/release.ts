import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from './cache.ts'
import { checksums as pinned } from './checksums.ts'
import { download, downloadText } from './download.ts'
import { InstallError } from './errors.ts'
import { type Binary, PARTS } from './versions.ts'

export interface Archive {
  url: string
  /** The file that has its SHA-256, alone or among others, in the format of sha256sum. */
  checksums: string
  name: string
}

/**
 * Where the official release of a binary is.
 *
 * SHOP_RELEASE_URL replaces https://github.com: a mirror has the same paths below it. The checksum file comes from
 * the same place as the archive: it finds a broken download, not a server that lies. checksums.ts is for that.
 */
export function archiveOf(binary: Binary, env: Environment): Archive {
  const base = (env.SHOP_RELEASE_URL || 'https://github.com').replace(/\/+$/, '')
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const { version, module } = PARTS[binary]
  if (module === 'broker') {
    const folder = `${base}/nats-io/nats-server/releases/download/v${version}`
    const name = `nats-server-v${version}-${process.platform}-${architecture}.tar.gz`
    return { url: `${folder}/${name}`, checksums: `${folder}/SHA256SUMS`, name }
  }
  if (module === 'kustomize') {
    const folder = `${base}/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv${version}`
    const name = `kustomize_v${version}_${process.platform}_${architecture}.tar.gz`
    return { url: `${folder}/${name}`, checksums: `${folder}/checksums.txt`, name }
  }
  const folder = `${base}/dapr/${module === 'cli' ? 'cli' : 'dapr'}/releases/download/v${version}`
  const name = `${binary}_${process.platform}_${architecture}.tar.gz`
  return { url: `${folder}/${name}`, checksums: `${folder}/${name}.sha256`, name }
}

export interface ReleaseOptions {
  env: Environment
  /** Where half-loaded archives wait for the next try. */
  downloads: string
  work: string
  signal: AbortSignal | undefined
  progress: (line: string) => void
  /** Checksums that win over the server's, by `<version>/<archive>`. Default: those of checksums.ts. */
  pins?: Readonly<Record<string, string>>
}

/**
 * Downloads the official release of one binary and checks it, against the pinned checksum where there is one.
 *
 * @returns the executable's path inside the work folder
 */
export async function fetchRelease(binary: Binary, options: ReleaseOptions): Promise<string> {
  const { downloads, work, signal, progress, pins = pinned } = options
  const { url, checksums, name } = archiveOf(binary, options.env)
  progress(`asking for ${url}`)
  const sha256 =
    pins[`${PARTS[binary].version}/${name}`] ?? checksumOf(name, await downloadText(checksums, signal))
  if (!sha256) throw new InstallError(`${checksums} has no SHA-256 of ${name}`)
  const file = join(downloads, `${PARTS[binary].version}-${name}`)
  await download(url, file, {
    sha256,
    signal,
    progress: (percent, megabytes) =>
      progress(
        `downloading ${name}: ${percent === undefined ? '' : `${percent} %, `}${megabytes.toFixed(0)} MB`,
      ),
  })
  const path = join(work, `${binary}.release`)
  await unpack(file, binary, path)
  await rm(file)
  return path
}

async function unpack(archive: string, binary: Binary, path: string): Promise<void> {
  const files = await new Bun.Archive(await Bun.file(archive).bytes()).files()
  for (const [name, contents] of files) {
    if (name.split('/').pop() !== binary) continue
    await Bun.write(path, contents)
    await chmod(path, 0o755)
    return
  }
  throw new InstallError(`${archive} holds no file named ${binary}`)
}

function checksumOf(name: string, text: string): string | undefined {
  const lines = text.split('\n').map(line => /^([0-9a-f]{64})(?:\s+\*?(?:.*\/)?(.*))?$/i.exec(line.trim()))
  const line = lines.find(match => match?.[2] === name) ?? lines.find(match => match !== null && !match[2])
  return line?.[1]?.toLowerCase()
}
