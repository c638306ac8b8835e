import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hasApt, obtainDebianPackages } from '../../../../dapr/install/debian-packages.ts'
import { messageOf } from '../../../../dapr/install/errors.ts'
import type { Program, ProgramSource } from '../../infrastructure/server.ts'
import { ShopError } from '../../shop-error.ts'
import { waysToGet } from './installed-or-debian.ts'

const packages = ['rabbitmq-server']

const fix = waysToGet({
  program: 'rabbitmq-server (apt install rabbitmq-server, brew install rabbitmq)',
  given: 'SHOP_RABBITMQ_URL=amqp://USER:PASSWORD@HOST:5672',
  image:
    'docker run -d -p 127.0.0.1:5672:5672 -e RABBITMQ_DEFAULT_USER=USER -e RABBITMQ_DEFAULT_PASS=PASSWORD rabbitmq:4',
})

/**
 * RabbitMQ as it is installed; else Debian's, with its Erlang, unpacked into the user's cache without changing the
 * system.
 */
export const rabbitmqServer: ProgramSource = {
  name: 'RabbitMQ',
  async look() {
    const installed = findInstalled()
    if (installed) return { is: 'here', what: installed }
    if (hasApt()) return { is: 'obtainable', what: 'packages of Debian, with Erlang', takes }
    return { is: 'missing', what: 'no rabbitmq-server with Erlang on the PATH', fix }
  },
  async obtain({ report, signal }) {
    const installed = findInstalled()
    if (installed) return { path: installed, env: {} }
    if (!hasApt()) throw new ShopError(`RabbitMQ, which needs Erlang, is not installed. ${fix}`)
    try {
      const { root, env } = await obtainDebianPackages(packages, { report, signal })
      return { path: join(root, wrapped), env: { ...env, ...erlangIn(root) } }
    } catch (error) {
      signal.throwIfAborted()
      throw new ShopError(`${messageOf(error)}\n${fix}`, { cause: error })
    }
  },
}

const takes = 'a few seconds and 60 MB'

/** The server's own script. What Debian has on the PATH wraps it, and demands to be run as root or `rabbitmq`. */
const wrapped = 'usr/lib/rabbitmq/bin/rabbitmq-server'

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
