import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type TemporaryFolder, temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import type { BackingService } from '../../scripts/supervisor/backing-services/backing-service.ts'
import { kafka } from '../../scripts/supervisor/backing-services/kafka.ts'
import { kafkaServer } from '../../scripts/supervisor/backing-services/programs/kafka-server.ts'
import { writeSecrets } from '../../scripts/supervisor/infrastructure/secrets.ts'
import { openLogs } from '../../scripts/supervisor/logs/log-files.ts'
import { createSupervisor, type Supervisor } from '../../scripts/supervisor/processes/supervisor.ts'
import { type Instance, readInstance } from '../../scripts/supervisor/session/instance.ts'

export const root = resolve(import.meta.dir, '../..')

const never = new AbortController().signal
const outlook = await kafkaServer.look()

/** Why Kafka cannot be had here; undefined when it can. */
export const noKafka: string | undefined = outlook.is === 'missing' ? outlook.what : undefined

/** Obtained while the file loads, which has no time-out. */
const program = noKafka ? undefined : await kafkaServer.obtain({ report: () => {}, signal: never })

/** Kafka as `bun start --set kafka` runs it. */
export interface KafkaRun extends AsyncDisposable {
  instance: Instance
  service: BackingService
  supervisor: Supervisor
  /** What became of the server. */
  reports: string[]
  log: () => string
}

/** In a folder of its own, with free ports for Kafka. */
async function kafkaInstance(home: TemporaryFolder): Promise<Instance> {
  for (;;) {
    const [port = 0, next] = await freePorts(2)
    if (next !== port + 1) continue
    return { ...readInstance({ root, env: { SHOP_HOME: home.path }, set: 'kafka' }), portOffset: port - 8519 }
  }
}

export function kafkaOf(instance: Instance): BackingService {
  return kafka.create({ instance, secrets: [], databases: [], place: 'components/kafka/pubsub.yaml:10' })
}

/** @throws ShopError when it does not start, or refuses its own password */
export async function startKafka(): Promise<KafkaRun> {
  await using cleanup = new AsyncDisposableStack()
  const home = cleanup.use(await temporaryFolder())
  const instance = await kafkaInstance(home)
  for (const folder of [instance.runDir, instance.logDir]) mkdirSync(folder, { recursive: true })
  const service = kafkaOf(instance)
  await writeSecrets(instance, service.secrets, never)
  const reports: string[] = []
  const logs = openLogs(instance.logDir)
  const supervisor = createSupervisor({ runDir: instance.runDir, logs, report: line => reports.push(line) })
  cleanup.defer(() => supervisor.stop())
  if (!program) throw new Error(noKafka)
  for (const server of service.servers) {
    await server.initialise?.(program, never)
    await supervisor.start(server.part(program))
  }
  await service.prepare?.(never)
  const kept = cleanup.move()
  return {
    instance,
    service,
    supervisor,
    reports,
    log: () => logs.lastLines('kafka', 1000),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
