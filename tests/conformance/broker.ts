import { join } from 'node:path'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { component, type Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { listens, type Server, startServer } from './server.ts'

export interface Broker extends Server {
  /** `tcp://user:password@host:port` */
  readonly url: string
  /** A pub/sub component on this broker; each app has a durable session. */
  component(name: string, metadata?: Record<string, string | number | boolean>): Resource
}

export interface BrokerOptions {
  /** Path of nats-server. */
  binary: string
  /** Seconds after which an event that nobody has acknowledged is delivered again. @default 30 */
  ackWaitSeconds?: number
}

/** The embedded broker: nats-server speaking MQTT. */
export async function startBroker({ binary, ackWaitSeconds = 30 }: BrokerOptions): Promise<Broker> {
  const [port = 0] = await freePorts(1)
  const password = crypto.randomUUID()
  const server = await startServer({
    name: 'nats-server',
    ready: () => listens(port),
    async command(folder) {
      const file = join(folder, 'broker.conf')
      await Bun.write(file, configuration({ port, folder, password, ackWaitSeconds }), { mode: 0o600 })
      return [binary, '--config', file]
    },
  })
  const url = `tcp://test:${password}@127.0.0.1:${port}`
  return {
    ...server,
    url,
    component: (name, metadata = {}) =>
      component(name, 'pubsub.mqtt3', {
        url,
        consumerID: '{appID}',
        cleanSession: false,
        qos: 1,
        ...metadata,
      }),
  }
}

interface Configuration {
  port: number
  folder: string
  password: string
  ackWaitSeconds: number
}

function configuration({ port, folder, password, ackWaitSeconds }: Configuration): string {
  return `server_name: test
# its own protocol is not used
listen: "127.0.0.1:-1"
jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "${ackWaitSeconds}s" }
authorization { user: test, password: ${JSON.stringify(password)} }
`
}
