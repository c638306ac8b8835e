import type { Resource } from 'elysia-dapr/testing'
import { obtainForTests } from '../../tests/conformance/binaries.ts'
import { startBroker } from '../../tests/conformance/broker.ts'
import { startRedis } from '../../tests/conformance/redis.ts'
import type { Setting } from './benchmark.ts'
import { pubsub } from './delivery.ts'

export type BrokerName = 'embedded' | 'redis' | 'redis-tuned'

/** By its own settings the component has ten workers, in which Dapr's outbox sleeps as well. */
const manyWorkers = { concurrency: 100, queueDepth: 1_000 }

export interface BenchBroker {
  /** Path of daprd. */
  binary: string
  /** The pub/sub component, with the settings of the component's own or of the shop. */
  component: Resource
}

/** A real broker for one round, and a daprd that knows it. */
export async function startBenchBroker(name: BrokerName, { signal, round }: Setting): Promise<BenchBroker> {
  const report = (line: string, kind: string) => void (kind === 'step' && process.stderr.write(`${line}\n`))
  const { paths } = await obtainForTests(['daprd', 'nats-server'], { report, signal })
  if (name === 'embedded') {
    const broker = round.use(await startBroker({ binary: paths['nats-server'] }))
    return { binary: paths.daprd, component: broker.component(pubsub) }
  }
  const redis = round.use(await startRedis())
  const settings = name === 'redis-tuned' ? manyWorkers : {}
  return { binary: paths.daprd, component: redis.component(pubsub, 'pubsub.redis', settings) }
}
