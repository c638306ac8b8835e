import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { connect } from 'amqplib'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { rabbitmq } from '../../scripts/supervisor/backing-services/rabbitmq.ts'
import { openLogs, rotateLogs } from '../../scripts/supervisor/logs/log-files.ts'
import { isFree } from '../../scripts/supervisor/processes/probe.ts'
import { createSupervisor, type Supervisor } from '../../scripts/supervisor/processes/supervisor.ts'
import { type Instance, readInstance } from '../../scripts/supervisor/session/instance.ts'

const root = resolve(import.meta.dir, '../..')

export interface RunningRabbitmq extends AsyncDisposable {
  url: string
  /** AMQP, epmd, Erlang's own. */
  ports: number[]
  supervisor: Supervisor
  /** What the supervisor told. */
  reports: string[]
  pidOf: (name: string) => number
}

/** RabbitMQ as a shop in this home starts it, on ports of its own. */
export async function startRabbitmq(home: string): Promise<RunningRabbitmq> {
  const instance = await instanceIn(home)
  const { secrets, servers, prepare } = rabbitmq.create({
    instance,
    secrets: ['rabbitmq-url'],
    databases: [],
    place: 'components/postgres-rabbitmq/pubsub.yaml:11',
  })
  const logs = openLogs(instance.logDir)
  for (const folder of [instance.dataDir, instance.runDir])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  rotateLogs(
    instance.logDir,
    servers.map(({ name }) => name),
  )
  const reports: string[] = []
  const supervisor = createSupervisor({
    runDir: instance.runDir,
    logs,
    report: line => reports.push(line),
  })
  const { signal } = new AbortController()
  try {
    await Promise.all(
      servers.map(async ({ program, part }) => {
        if (typeof program === 'string') throw new Error(`${program} is not looked for here`)
        await supervisor.start(part(await program.obtain({ report: () => {}, signal })))
      }),
    )
    await prepare?.(signal)
  } catch (error) {
    await supervisor.stop({ grace: 0 })
    throw error
  }
  return {
    url: secrets['rabbitmq-url'] ?? '',
    ports: servers.flatMap(({ ports }) => ports.map(({ port }) => port)),
    supervisor,
    reports,
    pidOf: name => supervisor.running().find(part => part.name === name)?.pid ?? 0,
    [Symbol.asyncDispose]: () => supervisor.stop(),
  }
}

async function instanceIn(home: string): Promise<Instance> {
  for (;;) {
    const [first = 0] = await freePorts(1)
    const all = await Promise.all([first, first + 1, first + 2].map(isFree))
    const offset = first - 8516
    if (offset > 15_000 || !all.every(Boolean)) continue
    return readInstance({ root, env: { SHOP_HOME: home, SHOP_PORT_OFFSET: String(offset) } })
  }
}

/** A durable queue. */
export async function declare(url: string, queue: string): Promise<void> {
  const connection = await connect(url, { timeout: 5000 })
  const channel = await connection.createChannel()
  await channel.assertQueue(queue, { durable: true })
  await connection.close()
}

/** A persistent message that the server has confirmed. */
export async function publish(url: string, queue: string, text: string): Promise<void> {
  await declare(url, queue)
  const connection = await connect(url, { timeout: 5000 })
  const channel = await connection.createConfirmChannel()
  channel.sendToQueue(queue, Buffer.from(text), { persistent: true })
  await channel.waitForConfirms()
  await connection.close()
}

/** Looks at the first message of a queue, and leaves it there. */
export async function firstOf(url: string, queue: string): Promise<string | undefined> {
  const connection = await connect(url, { timeout: 5000 })
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  try {
    const message = await channel.get(queue)
    return message === false ? undefined : message.content.toString()
  } finally {
    // what is not acknowledged goes back
    await connection.close()
  }
}
