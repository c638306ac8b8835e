import { component, daprd, temporaryFolder } from 'elysia-dapr/testing'
import type { Command, Published, Wanted } from '../subjects/relay/protocol.ts'
import type { Sample, Setting, Side } from './benchmark.ts'
import { type BrokerName, startBenchBroker } from './brokers.ts'
import { pubsub, store } from './delivery.ts'
import { median } from './statistics.ts'
import { type Program, startSubject } from './subject.ts'

/** A publisher behind one sidecar, and a consumer behind another. */
export interface Line {
  /** Publishes a run, and waits until all of it is delivered. @throws Error when some of it is not */
  run(command: { count: number; rate?: number }): Promise<Run>
}

export interface Run extends Published {
  /** When each was delivered first, by its number. */
  delivered: Map<number, number>
}

/** Both lines on one broker, each with a topic and sidecars of its own; they have delivered an event. */
export async function startLines(broker: BrokerName, setting: Setting): Promise<Record<Side, Line>> {
  const started = await startBenchBroker(broker, setting)
  const folder = setting.round.use(await temporaryFolder())
  const outbox = component(store, 'state.sqlite', {
    connectionString: `${folder.path}/dapr.db`,
    outboxPublishPubsub: pubsub,
    outboxPublishTopic: 'peer',
    // its two seconds are too short for 16 transactions at a time beside its outbox: they would be refused
    busyTimeout: '30s',
  })
  const sides = {
    ours: { program: { file: 'relay/ours.ts', args: [folder.path, 'ours'] }, resources: [started.component] },
    peer: { program: { file: 'relay/dapr.ts' }, resources: [started.component, outbox] },
  }

  async function start(side: Side): Promise<Line> {
    const { program, resources } = sides[side]
    const consumer = await startBehind({ file: 'relay/consumer.ts', args: [side] }, `${side}-consumer`, [
      started.component,
    ])
    const publisher = await startBehind(program, `${side}-publisher`, resources)
    publisher.subject.ask(JSON.stringify({ sidecar: publisher.port } satisfies Command))
    await publisher.subject.next()
    const line = lineOf(publisher.subject, consumer.subject)
    await connect(line)
    return line
  }

  async function startBehind(program: Program, appId: string, resources: (typeof started.component)[]) {
    const subject = setting.round.use(startSubject(program, setting.signal))
    const app = await subject.next<{ port: number }>()
    const sidecar = setting.round.use(
      await daprd({ appId, app, resources, binary: started.binary, apiToken: '', appToken: '' }),
    )
    return { subject, port: sidecar.ports.http }
  }

  return { ours: await start('ours'), peer: await start('peer') }
}

type Subject = ReturnType<typeof startSubject>

function lineOf(publisher: Subject, consumer: Subject): Line & { attempt: Attempt } {
  let runs = 0
  async function attempt({ count, rate, patience }: { count: number; rate?: number; patience: number }) {
    const run = String(runs++)
    consumer.ask(JSON.stringify({ run, count, patience } satisfies Wanted))
    publisher.ask(JSON.stringify({ run, count, ...(rate !== undefined && { rate }) } satisfies Command))
    const [published, delivered] = await Promise.all([
      publisher.next<Published>(),
      consumer.next<[number, number][]>(),
    ])
    return { ...published, delivered: new Map(delivered) }
  }
  return {
    attempt,
    async run(command) {
      const run = await attempt({ ...command, patience: 30_000 })
      if (run.delivered.size < command.count) {
        throw new Error(`only ${run.delivered.size} of ${command.count} events were delivered`)
      }
      return run
    },
  }
}

type Attempt = (command: { count: number; patience: number }) => Promise<Run>

/** What is published before the broker knows the subscriber is lost, and nothing tells when it does. */
async function connect({ attempt }: { attempt: Attempt }): Promise<void> {
  for (let attempts = 0; attempts < 10; attempts++) {
    const { delivered } = await attempt({ count: 1, patience: 3_000 })
    if (delivered.size > 0) return
  }
  throw new Error('nothing is delivered')
}

/** Events a second from the begin until all are delivered. */
export function throughput({ began, delivered }: Run): number {
  return delivered.size / ((Math.max(...delivered.values()) - began) / 1_000)
}

/** Events a second from the begin until the broker had all of them. */
export function published({ began, acknowledged, delivered }: Run): number {
  return delivered.size / (((acknowledged ?? Number.NaN) - began) / 1_000)
}

/** From each commit to the delivery; the value is their median. */
export function lag({ committed, delivered }: Run): Sample {
  const times = committed.map((at, number) => (delivered.get(number) ?? Number.NaN) - at)
  return { value: median(times), times }
}
