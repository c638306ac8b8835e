import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
  const data = join(folder, 'data')
  const prefix = await handOver(data)
  const password = crypto.randomUUID()
  const passwordFile = join(folder, 'password')
  await Bun.write(passwordFile, password, { mode: 0o600 })
  await Bun.write(join(folder, 'log'), '')
  const cluster: Cluster = {
    folder,
    password,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    command: (program, args) => [...prefix, join(programs, 'bin', program), ...args],
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
  }
  const options = [
    ...['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...['--no-sync', '--no-instructions'],
  ]
  const child = Bun.spawn(cluster.command('initdb', options), {
    cwd: folder,
    env: cluster.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [code, ...texts] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  if (code !== 0) throw new Error(`initdb ended with ${code}:\n${texts.join('').slice(-2_000)}`)
  return cluster
}
