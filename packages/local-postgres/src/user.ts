import { chown } from 'node:fs/promises'
import type { Environment } from './missing.ts'

/** PostgreSQL does not run as root; `nobody` of Linux. */
const nobody = 65_534

/** Put before a command, these run it as somebody who is not root and still reads what is root's alone. */
const ways: { prefix: string[]; owner: number }[] = [
  {
    // No other file has to change hands: the one right that remains opens folders below /root too.
    prefix: [
      ...['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
      ...['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'],
      // Without it, access(2) of somebody who is not root leaves the right out of account.
      ...['--securebits=+no_setuid_fixup', '--'],
    ],
    owner: nobody,
  },
  {
    // Root by another name, where no other user is known; containers often forbid it.
    prefix: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'],
    owner: 0,
  },
]

const isRoot = () => process.getuid?.() === 0

/** Why PostgreSQL cannot be run by the root that this process is; undefined when it can, or this is not root. */
export function rootMissing(env: Environment): string | undefined {
  if (!isRoot()) return undefined
  const PATH = env.PATH ?? ''
  const found = ways.some(({ prefix: [program = ''] }) => Bun.which(program, { PATH }))
  return found ? undefined : 'PostgreSQL does not run as root, and setpriv and unshare are not here'
}

/**
 * What to put before the commands of PostgreSQL, whose data folder is handed over to whom they run as.
 * @throws Error when this is root, who may not become anybody else here
 */
export async function handOver(data: string): Promise<string[]> {
  if (!isRoot()) return []
  for (const { prefix, owner } of ways) {
    if (!works([...prefix, 'true'])) continue
    await chown(data, owner, owner)
    return prefix
  }
  throw new Error('PostgreSQL does not run as root, who may not become anybody else here')
}

function works(command: string[]): boolean {
  if (!Bun.which(command[0] ?? '')) return false
  return Bun.spawnSync(command, { stdio: ['ignore', 'ignore', 'ignore'] }).success
}
