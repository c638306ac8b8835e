import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clusterEnv, initialise } from '@shop/local-postgres'
import type pg from 'pg'
import { messageOf } from '../../../dapr/install/errors.ts'
import { randomSecret } from '../infrastructure/random-secret.ts'
import type { Program, Server } from '../infrastructure/server.ts'
import { serverEnv } from '../processes/environment.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { ShopError } from '../shop-error.ts'
import type { BackingServiceKind } from './backing-service.ts'
import { givenUrl } from './given-url.ts'
import { connectionTo } from './postgres-connection.ts'
import { postgresServer } from './programs/postgres-server.ts'
import { unusable } from './unusable.ts'

const prefix = 'postgres-'

/**
 * A database and a user of its own for each secret `postgres-<name>`, and for each service that can have one here, on a
 * server of this run or the one of SHOP_POSTGRES_URL. The users' passwords are new each run.
 */
export const postgres: BackingServiceKind = {
  name: 'PostgreSQL',
  isSeparable: true,
  provides: secret => secret.startsWith(prefix),
  create({ instance, secrets, databases, place }) {
    const given = givenUrl('SHOP_POSTGRES_URL', ['postgres:', 'postgresql:'], 5432)
    const admin = given ?? new URL(`postgres://postgres@127.0.0.1:${8515 + instance.portOffset}/postgres`)
    if (!given) admin.password = administratorPassword(instance)
    const users = [
      ...secrets.map(secret => ({ secret, name: secret.slice(prefix.length) })),
      ...databases.map(service => ({ secret: `${service}-database`, name: service })),
    ].map(user => ({ ...user, password: randomSecret() }))
    return {
      name: postgres.name,
      secrets: Object.fromEntries(users.map(user => [user.secret, urlOf(user, admin)])),
      servers: given ? [] : [server(instance, admin)],
      prepare: () => makeDatabases(users, { admin, isGiven: given !== undefined, place }),
    }
  },
}

interface User {
  /** Of the user and the database. */
  name: string
  password: string
}

function urlOf({ name, password }: User, admin: URL): string {
  const url = new URL(admin)
  url.username = name
  url.password = password
  url.pathname = `/${name}`
  return url.href
}

/** The server keeps it with its data; both go with `bun run reset`. */
function administratorPassword({ dataDir }: Instance): string {
  const file = join(dataDir, 'postgres.password')
  return existsSync(file) ? readFileSync(file, 'utf8') : randomSecret()
}

function server(instance: Instance, admin: URL): Server {
  const [port, password] = [Number(admin.port), admin.password]
  const data = join(instance.dataDir, 'postgres')
  let runAs: string[] = []
  return {
    name: 'postgres',
    program: postgresServer,
    ports: [{ port, use: 'PostgreSQL' }],
    async initialise({ path }) {
      writePrivate(join(instance.dataDir, 'postgres.password'), password)
      try {
        runAs = await initialise({ data, programs: path, password })
      } catch (error) {
        throw new ShopError(
          `PostgreSQL cannot use its data: ${error instanceof Error ? error.message : error}. Begin afresh: bun run reset.`,
          { cause: error },
        )
      }
    },
    part: ({ path }: Program) => ({
      name: 'postgres',
      role: 'infrastructure',
      command: [...runAs, join(path, 'bin/postgres'), '-D', data, ...options(port)],
      cwd: instance.dataDir,
      env: { ...serverEnv(instance), ...clusterEnv() },
      answers: () => takesConnections(admin),
    }),
  }
}

/** https://www.postgresql.org/docs/current/runtime-config.html */
function options(port: number): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // each service has a pool, and each sidecar one for each of its stores
    max_connections: 200,
    // in the data folder, and not in /dev/shm, where a server that is killed leaves it
    dynamic_shared_memory_type: 'mmap',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** It listens before it has recovered from a crash, and refuses until then. */
async function takesConnections(admin: URL): Promise<boolean> {
  const client = connectionTo(admin.href)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

interface Access {
  admin: URL
  isGiven: boolean
  place: string
}

async function makeDatabases(users: User[], { admin, isGiven, place }: Access): Promise<void> {
  const client = connectionTo(admin.href)
  try {
    await client.connect()
    for (const user of users) await makeDatabase(client, user)
  } catch (error) {
    throw unusable({
      place,
      server: `PostgreSQL at ${admin.host}`,
      reason: messageOf(error) || String((error as { code?: string }).code),
      fix: isGiven
        ? 'Start it, or correct SHOP_POSTGRES_URL; its user must be allowed to create users and databases.'
        : "See 'bun run logs postgres'.",
    })
  } finally {
    await client.end().catch(() => {})
  }
}

async function makeDatabase(client: pg.Client, { name, password }: User): Promise<void> {
  const [user, secret] = [client.escapeIdentifier(name), client.escapeLiteral(password)]
  const { rowCount: users } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name])
  await client.query(`${users ? 'ALTER' : 'CREATE'} ROLE ${user} LOGIN PASSWORD ${secret}`)
  const { rowCount: databases } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
  if (databases) return
  // who is no superuser may only give away what he is a member of
  await client.query(`GRANT ${user} TO CURRENT_USER`)
  await client.query(`CREATE DATABASE ${user} OWNER ${user}`)
  await client.query(`REVOKE CONNECT ON DATABASE ${user} FROM PUBLIC`)
}
