import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomSecret } from '../infrastructure/random-secret.ts'
import type { Program, Server } from '../infrastructure/server.ts'
import { serverEnv } from '../processes/environment.ts'
import { listens } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { ShopError } from '../shop-error.ts'
import type { BackingServiceKind } from './backing-service.ts'
import { givenKafka } from './given-kafka.ts'
import { kafkaConfiguration, kafkaLogging } from './kafka-configuration.ts'
import { type KafkaLogin, logInToKafka } from './kafka-login.ts'
import { kafkaServer } from './programs/kafka-server.ts'

const names = ['kafka-brokers', 'kafka-user', 'kafka-password']

/** One node of Kafka with a password that is new each run, or those of SHOP_KAFKA_BROKERS. */
export const kafka: BackingServiceKind = {
  provides: secret => names.includes(secret),
  create({ instance }) {
    const given = givenKafka()
    const port = 8519 + instance.portOffset
    const { brokers, user, password } = given ?? {
      brokers: [`127.0.0.1:${port}`],
      user: 'shop',
      password: randomSecret(),
    }
    return {
      name: 'Kafka',
      secrets: { 'kafka-brokers': brokers.join(','), 'kafka-user': user, 'kafka-password': password },
      servers: given ? [] : [server(instance, port, { user, password })],
      prepare: signal => logIn({ brokers, user, password, isGiven: given !== undefined }, signal),
    }
  },
}

function server(instance: Instance, port: number, login: Pick<KafkaLogin, 'user' | 'password'>): Server {
  const controllerPort = 8520 + instance.portOffset
  return {
    name: 'kafka',
    program: kafkaServer,
    ports: [
      { port, use: 'Kafka' },
      { port: controllerPort, use: 'Kafka, controller' },
    ],
    part: program => {
      const folder = join(instance.dataDir, 'kafka')
      const data = join(folder, 'data')
      const configuration = join(instance.runDir, 'kafka.properties')
      const logging = join(instance.runDir, 'kafka.log4j.properties')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writePrivate(configuration, kafkaConfiguration({ port, controllerPort, folder: data, ...login }))
      writePrivate(logging, kafkaLogging)
      const env = { ...serverEnv(instance), ...program.env }
      return {
        name: 'kafka',
        role: 'infrastructure',
        command: command(program, { data, configuration, logging, temporary: env.TMPDIR ?? folder }),
        cwd: folder,
        env,
        answers: () => listens(port),
      }
    },
  }
}

// Kafka formats its folder with a program of its own, once; then this shell becomes the server.
const formatAndRun = `
data=$1; configuration=$2; shift 2
[ -f "$data/meta.properties" ] ||
  "$@" kafka.tools.StorageTool format --cluster-id ${Buffer.from('elysia-dapr-shop').toString('base64url')} --config "$configuration" || exit
exec "$@" kafka.Kafka "$configuration"
`

interface Places {
  data: string
  configuration: string
  logging: string
  temporary: string
}

function command({ path }: Program, { data, configuration, logging, temporary }: Places): string[] {
  const java = [
    path,
    ...['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'],
    // to be there sooner: a laptop's load never needs the best code
    '-XX:TieredStopAtLevel=1',
    // nothing outside of .local
    ...[`-Djava.io.tmpdir=${temporary}`, '-XX:-UsePerfData'],
    ...[`-Dlog4j.configuration=file:${logging}`, '-Dorg.apache.logging.log4j.level=WARN'],
  ]
  return ['/bin/sh', '-c', formatAndRun, 'kafka', data, configuration, ...java]
}

interface LogIn extends Pick<KafkaLogin, 'user' | 'password'> {
  brokers: string[]
  isGiven: boolean
}

/** One broker that answers is enough: it knows the others. */
async function logIn({ brokers, isGiven, ...login }: LogIn, signal: AbortSignal): Promise<void> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(isGiven ? 5000 : 20_000)])
  const tries = brokers.map(broker => logInToKafka({ broker, ...login }, inTime))
  try {
    await Promise.any(tries)
  } catch (error) {
    signal.throwIfAborted()
    const [first] = error instanceof AggregateError ? error.errors : [error]
    const reason = inTime.aborted ? 'no answer' : first instanceof Error ? first.message : String(first)
    throw new ShopError(
      `Kafka at ${brokers.join(',')} cannot be used: ${reason}. ` +
        (isGiven
          ? 'Start it, or correct SHOP_KAFKA_BROKERS, SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD.'
          : "See 'bun run logs kafka'."),
    )
  }
}
