import { join, relative } from 'node:path'
import { messageOf } from '../../../dapr/install/errors.ts'
import { randomSecret } from '../infrastructure/random-secret.ts'
import type { Server } from '../infrastructure/server.ts'
import { listens } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { ShopError } from '../shop-error.ts'
import type { BackingServiceKind } from './backing-service.ts'
import { givenUrl } from './given-url.ts'
import { rabbitmqServer } from './programs/rabbitmq-server.ts'
import { rabbitmqConfiguration, rabbitmqDefinitions } from './rabbitmq-configuration.ts'
import {
  epmdPort,
  erlangEnvironment,
  nodePort,
  rabbitmqEnvironment,
  rabbitmqFolder,
} from './rabbitmq-environment.ts'
import { logIn } from './rabbitmq-login.ts'
import { unusable } from './unusable.ts'

/** RabbitMQ with a password that is new each run, or the one of SHOP_RABBITMQ_URL. */
export const rabbitmq: BackingServiceKind = {
  name: 'RabbitMQ',
  provides: secret => secret === 'rabbitmq-url',
  create({ instance, place }) {
    const given = givenRabbitmq()
    const port = 8516 + instance.portOffset
    if (!given) assertUsable(rabbitmqFolder(instance))
    const password = randomSecret()
    const url = given?.href ?? `amqp://${user}:${password}@127.0.0.1:${port}`
    return {
      name: rabbitmq.name,
      secrets: { 'rabbitmq-url': url },
      servers: given ? [] : [epmd(instance), broker({ instance, port, password, url })],
      prepare: () => check(url, { isGiven: given !== undefined, place }),
    }
  },
}

const user = 'shop'

const variable = 'SHOP_RABBITMQ_URL'

/** https://www.rabbitmq.com/docs/uri-spec */
function givenRabbitmq(): URL | undefined {
  const isSecure = process.env[variable]?.toLowerCase().startsWith('amqps:')
  return givenUrl(variable, ['amqp:', 'amqps:'], isSecure ? 5671 : 5672)
}

/** It measures the free space with a shell command in which it does not quote the path, and hangs on some. */
function assertUsable(folder: string): void {
  if (!/["'`$&|;<>()\\*?#]/.test(folder)) return
  throw new ShopError(
    `RabbitMQ cannot have its data in ${folder}: it takes no quotes or other signs of the shell in a path. ` +
      'Set SHOP_HOME to another folder.',
  )
}

/** One of its own, in the foreground: what RabbitMQ would start by itself is a daemon that nobody ends. */
function epmd(instance: Instance): Server {
  const port = epmdPort(instance)
  return {
    name: 'epmd',
    program: rabbitmqServer,
    ports: [{ port, use: "RabbitMQ's epmd" }],
    part: program => ({
      name: 'epmd',
      role: 'infrastructure',
      command: ['epmd'],
      env: erlangEnvironment(instance, program),
      cwd: rabbitmqFolder(instance),
      answers: () => listens(port),
    }),
  }
}

interface Broker {
  instance: Instance
  port: number
  password: string
  url: string
}

// RabbitMQ does not start without epmd.
const onceEpmdAnswers = 'until epmd -names > /dev/null 2>&1; do sleep 0.1; done; exec "$0"'

function broker({ instance, port, password, url }: Broker): Server {
  return {
    name: 'rabbitmq',
    program: rabbitmqServer,
    ports: [
      { port, use: 'RabbitMQ' },
      { port: nodePort(instance), use: "RabbitMQ's Erlang node" },
    ],
    part: program => {
      const folder = rabbitmqFolder(instance)
      const configuration = join(instance.runDir, 'rabbitmq.conf')
      const definitions = join(instance.runDir, 'rabbitmq.json')
      const env = rabbitmqEnvironment(instance, program, configuration)
      writePrivate(definitions, rabbitmqDefinitions(user, password))
      // relative, since not every character of a path can stand in its configuration
      writePrivate(configuration, rabbitmqConfiguration({ port, definitions: relative(folder, definitions) }))
      return {
        name: 'rabbitmq',
        role: 'infrastructure',
        command: ['/bin/sh', '-c', onceEpmdAnswers, program.path],
        cwd: folder,
        env,
        // It warns of a connection that is closed without a word.
        answers: () =>
          logIn(url).then(
            () => true,
            () => false,
          ),
      }
    },
  }
}

async function check(url: string, { isGiven, place }: { isGiven: boolean; place: string }): Promise<void> {
  try {
    await logIn(url)
  } catch (error) {
    throw unusable({
      place,
      server: `RabbitMQ at ${new URL(url).host}`,
      reason: messageOf(error),
      fix: isGiven ? `Start it, or correct ${variable}.` : "See 'bun run logs rabbitmq'.",
    })
  }
}
