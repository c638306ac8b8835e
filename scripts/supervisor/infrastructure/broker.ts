import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { serverEnv } from '../processes/environment.ts'
import { listens } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import type { Server } from './infrastructure.ts'
import { randomSecret } from './secrets.ts'

/** The embedded set's broker: nats-server speaking MQTT over JetStream's file storage, with a new password each run. */
export function broker(instance: Instance): Server {
  const port = 8510 + instance.portOffset
  const user = 'shop'
  const password = randomSecret()
  return {
    name: 'broker',
    binary: 'nats-server',
    ports: [{ port, use: 'broker, MQTT' }],
    secrets: { 'broker-url': `tcp://${user}:${password}@127.0.0.1:${port}` },
    part: binary => {
      const config = join(instance.runDir, 'broker.conf')
      const store = join(instance.dataDir, 'broker')
      mkdirSync(store, { recursive: true, mode: 0o700 })
      writePrivate(config, configuration({ port, store, user, password }))
      return {
        name: 'broker',
        role: 'infrastructure',
        command: [binary, '--config', config],
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
  user: string
  password: string
}

// https://docs.nats.io/running-a-nats-service/configuration/mqtt
// ack_wait is above the whole time of a subscriber's retries (dapr/resiliency), or one event runs twice at once.
// max_ack_pending bounds the events that one subscriber has to handle at once, so that the last is not timed out.
// Acknowledged events survive kill -9 of the broker; sync_interval bounds what a power failure may cost.
function configuration({ port, store, user, password }: BrokerConfiguration): string {
  const text = (value: string) => JSON.stringify(value)
  return `server_name: shop
# its own protocol is not used: any free port of loopback
listen: "127.0.0.1:-1"
jetstream { store_dir: ${text(store)}, sync_interval: "10s" }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "30s", max_ack_pending: 128 }
authorization { user: ${text(user)}, password: ${text(password)} }
`
}
