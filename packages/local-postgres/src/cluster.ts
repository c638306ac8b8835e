import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { handOver } from './user.ts'

export interface Access {
  port: number
  password: string
}

/** A folder that has been made ready for a server. */
export interface Cluster {
  /** Holds `data`, `log` and nothing that is not the server's. */
  folder: string
  password: string
  env: Record<string, string>
  /** The command for one of the programs. */
  command(program: string, args: string[]): string[]
  log(): string
}

/** @throws Error with what initdb said */
export async function createCluster(folder: string, programs: string): Promise<Cluster> {
  const password = crypto.randomUUID()
  await Bun.write(join(folder, 'log'), '')
  const data = join(folder, 'data')
  const prefix = await initialise({ data, programs, password, sync: false })
  return {
    folder,
    password,
    env: clusterEnv(),
    command: (program, args) => [...prefix, join(programs, 'bin', program), ...args],
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
  }
}

/** What its programs need of the environment. */
export function clusterEnv(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

export interface InitialiseOptions {
  /** Made where it is not there. */
  data: string
  /** The folder with `bin/initdb`. */
  programs: string
  /** Of the user `postgres`. */
  password: string
  /** Whether it is on the disk when this returns. @default true */
  sync?: boolean
}

/**
 * Fills the data folder of a server, where it is not filled yet. Returns what to put before the commands that use it: for
 * root, who may not run them, a way to become somebody else.
 * @throws Error with what initdb said, or when another version has filled it
 */
export async function initialise({
  data,
  programs,
  password,
  sync = true,
}: InitialiseOptions): Promise<string[]> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  const prefix = await handOver(data)
  const versionFile = join(data, 'PG_VERSION')
  if (existsSync(versionFile)) {
    const [made, here] = [Number(readFileSync(versionFile, 'utf8')), majorVersion(programs)]
    if (made === here) return prefix
    throw new Error(`${data} was made by PostgreSQL ${made}, and here is ${here}`)
  }
  const folder = dirname(data)
  const passwordFile = join(folder, 'password')
  await Bun.write(passwordFile, password, { mode: 0o600 })
  const options = [
    ...['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--no-instructions', ...(sync ? [] : ['--no-sync'])],
    ...(majorVersion(programs) < 17 ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
  ]
  try {
    const child = Bun.spawn([...prefix, join(programs, 'bin/initdb'), ...options], {
      cwd: folder,
      env: clusterEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [code, ...texts] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
    if (code !== 0) throw new Error(`initdb ended with ${code}:\n${texts.join('').slice(-2_000)}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
  return prefix
}

/** As in `initdb (PostgreSQL) 18.4`. */
function majorVersion(programs: string): number {
  const { stdout } = Bun.spawnSync([join(programs, 'bin/initdb'), '--version'])
  return Number(/ (\d+)/.exec(stdout.toString())?.[1] ?? 0)
}
