import { createHash, randomBytes } from 'node:crypto'

export interface RabbitmqConfiguration {
  port: number
  /** Absolute, or relative to the folder that the server runs in. */
  definitions: string
}

/**
 * https://www.rabbitmq.com/docs/configure
 * Publishers wait while it has more than this memory, or the disk less than this space.
 */
export function rabbitmqConfiguration({ port, definitions }: RabbitmqConfiguration): string {
  return `listeners.tcp.1 = 127.0.0.1:${port}
load_definitions = ${definitions}
log.console = true
log.file = false
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 200MB
`
}

/**
 * What is there once it runs, loaded at each start: the one user, with this password. Where definitions are loaded, no
 * user `guest` is made.
 * https://www.rabbitmq.com/docs/definitions
 */
export function rabbitmqDefinitions(user: string, password: string): string {
  const everything = { configure: '.*', write: '.*', read: '.*' }
  return JSON.stringify({
    vhosts: [{ name: '/' }],
    users: [
      {
        name: user,
        password_hash: passwordHash(password),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: '',
      },
    ],
    permissions: [{ user, vhost: '/', ...everything }],
  })
}

/** https://www.rabbitmq.com/docs/passwords#computing-password-hash */
function passwordHash(password: string): string {
  const salt = randomBytes(4)
  const hash = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, hash]).toString('base64')
}
