import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from '../../infrastructure/server.ts'
import { installedOrDebian } from './installed-or-debian.ts'

/** The server's own script. What Debian has on the PATH wraps it, and demands to be run as root or `rabbitmq`. */
const wrapped = 'usr/lib/rabbitmq/bin/rabbitmq-server'

export const rabbitmqServer = installedOrDebian({
  name: 'RabbitMQ',
  program: 'rabbitmq-server (apt install rabbitmq-server, brew install rabbitmq)',
  find: findInstalled,
  packages: ['rabbitmq-server'],
  path: wrapped,
  envIn: erlangIn,
  takes: 'a few seconds and 60 MB',
  given: 'SHOP_RABBITMQ_URL=amqp://USER:PASSWORD@HOST:5672',
  image:
    'docker run -d -p 127.0.0.1:5672:5672 -e RABBITMQ_DEFAULT_USER=USER -e RABBITMQ_DEFAULT_PASS=PASSWORD rabbitmq:4',
})

function findInstalled(): string | undefined {
  if (!Bun.which('erl') || !Bun.which('epmd')) return undefined
  if (existsSync(`/${wrapped}`)) return `/${wrapped}`
  // Homebrew has it in a folder that is not on every PATH
  const PATH = [process.env.PATH, '/opt/homebrew/sbin', '/usr/local/sbin'].join(':')
  return Bun.which('rabbitmq-server', { PATH }) ?? undefined
}

/** What Debian's `erl` would set, were it not written for /usr/lib/erlang. */
function erlangIn(root: string): Program['env'] {
  const erlang = join(root, 'usr/lib/erlang')
  const runtime = readdirSync(erlang).find(name => name.startsWith('erts-'))
  if (runtime === undefined) throw new Error(`there is no Erlang in ${erlang}`)
  return { ROOTDIR: erlang, BINDIR: join(erlang, runtime, 'bin'), EMU: 'beam', PROGNAME: 'erl' }
}
