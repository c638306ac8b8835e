import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Program, Server } from '../infrastructure/server.ts'
import { serverEnv } from '../processes/environment.ts'
import { listens } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { ShopError } from '../shop-error.ts'
import { kafkaConfiguration, kafkaLogging } from './kafka-configuration.ts'
import { kafkaServer } from './programs/kafka-server.ts'

export interface KafkaNode {
  port: number
  controllerPort: number
  user: string
  password: string
}

/** One node of Kafka, broker and controller in one process. */
export function kafkaNode(instance: Instance, { port, controllerPort, ...login }: KafkaNode): Server {
  const folder = join(instance.dataDir, 'kafka')
  const data = join(folder, 'data')
  const configuration = join(instance.runDir, 'kafka.properties')
  const logging = join(instance.runDir, 'kafka.log4j.properties')

  function run({ path, env }: Program, ...program: string[]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writePrivate(configuration, kafkaConfiguration({ port, controllerPort, folder: data, ...login }))
    writePrivate(logging, kafkaLogging)
    const environment = { ...serverEnv(instance), ...env }
    const options = javaOptions(environment.TMPDIR ?? folder, logging)
    return { command: [path, ...options, ...program], cwd: folder, env: environment }
  }

  return {
    name: 'kafka',
    program: kafkaServer,
    ports: [
      { port, use: 'Kafka' },
      { port: controllerPort, use: 'Kafka, controller' },
    ],
    async initialise(program, signal) {
      if (existsSync(join(data, 'meta.properties'))) return
      await format(
        run(program, 'kafka.tools.StorageTool', ...formatArguments, '--config', configuration),
        signal,
      )
    },
    part: program => ({
      name: 'kafka',
      role: 'infrastructure',
      ...run(program, 'kafka.Kafka', configuration),
      answers: () => listens(port),
    }),
  }
}

// 16 bytes that tell this cluster from others, as the tool wants them
const formatArguments = ['format', '--cluster-id', Buffer.from('elysia-dapr-shop').toString('base64url')]

function javaOptions(temporary: string, logging: string): string[] {
  return [
    ...['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'],
    // to be there sooner: a laptop's load never needs the best code
    '-XX:TieredStopAtLevel=1',
    // nothing outside of .local
    ...[`-Djava.io.tmpdir=${temporary}`, '-XX:-UsePerfData'],
    // Kafka 3, then 4
    ...[`-Dlog4j.configuration=file:${logging}`, '-Dorg.apache.logging.log4j.level=WARN'],
  ]
}

interface Run {
  command: string[]
  cwd: string
  env: Record<string, string>
}

async function format({ command, ...options }: Run, signal: AbortSignal): Promise<void> {
  const child = Bun.spawn(command, { ...options, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  const [code, ...said] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  signal.throwIfAborted()
  if (code === 0) return
  throw new ShopError(
    `Kafka cannot make its data in ${options.cwd}: ${said.join('').trim()}\nBegin afresh: bun run reset.`,
  )
}
