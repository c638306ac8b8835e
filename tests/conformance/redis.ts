import { join } from 'node:path'
import { hasApt } from '../../dapr/install/debian-packages.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { component, type Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { redisServer } from '../../scripts/supervisor/backing-services/redis.ts'
import type { Program } from '../../scripts/supervisor/infrastructure/server.ts'
import { listens, type Server, startServer } from './server.ts'

export interface Redis extends Server {
  /** `redis://:password@host:port`, as Bun's RedisClient takes it. */
  readonly url: string
  /** A component of a type that Redis serves, such as `lock.redis`. */
  component(name: string, type: string, metadata?: Record<string, string | number | boolean>): Resource
}

/** Why Redis cannot be had here; undefined when it can. */
export const noRedis: string | undefined =
  Bun.which('redis-server') || hasApt()
    ? undefined
    : 'needs redis-server on the PATH, or Debian to take it from'

/** Names the environment variable with the reason why Redis, which can be had here, could not be obtained this time. */
export const redisFailure = 'TEST_REDIS_FAILURE'

/**
 * Redis as `bun start --set redis` has it.
 * @throws Error when there is none, or it cannot be fetched
 */
export async function obtainRedis({
  report = () => undefined,
  signal = new AbortController().signal,
}: {
  report?: (line: string) => void
  signal?: AbortSignal
} = {}): Promise<Program> {
  if (noRedis !== undefined) throw new Error(noRedis)
  return await redisServer.obtain({ report, signal })
}

/**
 * Redis with a password, that keeps nothing.
 * @throws Error when there is none, in the words of `redisFailure` where that is set
 */
export async function startRedis(): Promise<Redis> {
  const failure = process.env[redisFailure]
  if (failure) throw new Error(failure)
  const { path, env } = await obtainRedis()
  const [port = 0] = await freePorts(1)
  const password = crypto.randomUUID()
  const server = await startServer({
    name: 'redis-server',
    ready: () => listens(port),
    env,
    async command(folder) {
      const file = join(folder, 'redis.conf')
      const lines = [
        'bind 127.0.0.1',
        `port ${port}`,
        `requirepass ${password}`,
        'save ""',
        'appendonly no',
        'notify-keyspace-events KEA',
      ]
      await Bun.write(file, `${lines.join('\n')}\n`, { mode: 0o600 })
      return [path, file]
    },
  })
  const access = { redisHost: `127.0.0.1:${port}`, redisPassword: password }
  return {
    ...server,
    url: `redis://:${password}@127.0.0.1:${port}`,
    component: (name, type, metadata = {}) => component(name, type, { ...access, ...metadata }),
  }
}
