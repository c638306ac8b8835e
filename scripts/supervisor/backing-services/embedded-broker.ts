import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomSecret } from '../infrastructure/random-secret.ts'
import type { Server } from '../infrastructure/server.ts'
import { serverEnv } from '../processes/environment.ts'
import { listens } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import type { BackingServiceKind } from './backing-service.ts'

/** nats-server speaking MQTT over JetStream's file storage, with a new password each run. */
export const embeddedBroker: BackingServiceKind = {
  name: 'the embedded broker',
  provides: secret => secret === 'broker-url',
  create({ instance }) {
    const port = 8510 + instance.portOffset
    const password = randomSecret()
    return {
      name: embeddedBroker.name,
      secrets: { 'broker-url': `tcp://${user}:${password}@127.0.0.1:${port}` },
      servers: [server(instance, port, password)],
    }
  },
}

const user = 'shop'

function server(instance: Instance, port: number, password: string): Server {
  return {
    name: 'broker',
    program: 'nats-server',
    ports: [{ port, use: 'broker, MQTT' }],
    part: ({ path }) => {
      const config = join(instance.runDir, 'broker.conf')
      const store = join(instance.dataDir, 'broker')
      mkdirSync(store, { recursive: true, mode: 0o700 })
      writePrivate(config, configuration({ port, store, password }))
      return {
        name: 'broker',
        role: 'infrastructure',
        command: [path, '--config', config],
        cwd: instance.home,
        env: serverEnv(instance),
        answers: () => listens(port),
      }
    },
  }
}

interface BrokerConfiguration {
  port: number
  store: string
  password: string
}

// https://docs.nats.io/running-a-nats-service/configuration/mqtt
// ack_wait is above the whole time of a subscriber's retries (dapr/resiliency), or one event runs twice at once.
// max_ack_pending bounds the events that one subscriber has to handle at once, so that the last is not timed out.
// Acknowledged events survive kill -9 of the broker; sync_interval bounds what a power failure may cost.
function configuration({ port, store, password }: BrokerConfiguration): string {
  const text = (value: string) => JSON.stringify(value)
  return `server_name: shop
# its own protocol is not used: any free port of loopback
listen: "127.0.0.1:-1"
jetstream { store_dir: ${text(store)}, sync_interval: "10s" }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "30s", max_ack_pending: 128 }
authorization { user: ${text(user)}, password: ${text(password)} }
`
}
