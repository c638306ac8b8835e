import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../../dapr/install/errors.ts'
import { randomSecret } from '../infrastructure/random-secret.ts'
import { serverEnv } from '../processes/environment.ts'
import { listens } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { ShopError } from '../shop-error.ts'
import type { BackingServiceKind } from './backing-service.ts'
import { givenUrl } from './given-url.ts'
import { installedOrDebian } from './programs/installed-or-debian.ts'
import { logIn } from './redis-login.ts'
import { unusable } from './unusable.ts'

/** Redis with a password that is new each run, or the one of SHOP_REDIS_URL. */
export const redis: BackingServiceKind = {
  name: 'Redis',
  variables: 'SHOP_REDIS_URL',
  provides: secret => secret === 'redis-host' || secret === 'redis-password',
  create({ instance, place }) {
    const given = givenRedis()
    const port = 8514 + instance.portOffset
    const password = given ? decodeURIComponent(given.password) : randomSecret()
    const host = given ? given.host : `127.0.0.1:${port}`
    return {
      name: redis.name,
      secrets: { 'redis-host': host, 'redis-password': password },
      servers: given ? [] : [server(instance, port, password)],
      prepare: () => check({ host, password, isGiven: given !== undefined, place }),
    }
  },
}

/** @throws ShopError when it names a user: the components log in as the default one */
function givenRedis(): URL | undefined {
  const given = givenUrl('SHOP_REDIS_URL', ['redis:'], 6379, ':PASSWORD')
  const user = decodeURIComponent(given?.username ?? '')
  if (user === '' || user === 'default') return given
  throw new ShopError(
    `SHOP_REDIS_URL names the user '${user}', but the components log in as Redis' default user. ` +
      'Leave the user out, or set redisUsername in a set of your own and give SHOP_SECRET_REDIS_HOST and ' +
      'SHOP_SECRET_REDIS_PASSWORD instead.',
  )
}

function server(instance: Instance, port: number, password: string) {
  return {
    name: 'redis',
    program: redisServer,
    ports: [{ port, use: 'Redis' }],
    part: ({ path, env }: { path: string; env: Record<string, string> }) => {
      const folder = join(instance.dataDir, 'redis')
      const file = join(instance.runDir, 'redis.conf')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writePrivate(file, configuration({ port, folder, password }))
      return {
        name: 'redis',
        role: 'infrastructure' as const,
        command: [path, file],
        cwd: folder,
        env: { ...serverEnv(instance), ...env },
        answers: () => listens(port),
      }
    },
  }
}

export const redisServer = installedOrDebian({
  name: 'Redis',
  program: 'redis-server',
  packages: ['redis-server'],
  takes: 'a few seconds and 5 MB',
  given: 'SHOP_REDIS_URL=redis://:PASSWORD@HOST:6379',
  image: 'docker run -d -p 127.0.0.1:6379:6379 redis:7 redis-server --appendonly yes --requirepass PASSWORD',
})

// https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
// Every write is in the append-only file before it is answered; the file is forced to disk each second.
function configuration({
  port,
  folder,
  password,
}: {
  port: number
  folder: string
  password: string
}): string {
  return `bind 127.0.0.1
port ${port}
requirepass ${password}
dir ${JSON.stringify(folder)}
appendonly yes
appendfsync everysec
save ""
# never throw away what was accepted
maxmemory-policy noeviction
`
}

interface Check {
  host: string
  password: string
  isGiven: boolean
  place: string
}

async function check({ host, password, isGiven, place }: Check): Promise<void> {
  try {
    await logIn(host, { password })
  } catch (error) {
    throw unusable({
      place,
      server: `Redis at ${host}`,
      reason: messageOf(error),
      fix: isGiven ? 'Start it, or correct SHOP_REDIS_URL.' : "See 'bun run logs redis'.",
    })
  }
}
