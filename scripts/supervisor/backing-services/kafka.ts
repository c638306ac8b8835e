import { messageOf } from '../../../dapr/install/errors.ts'
import { randomSecret } from '../infrastructure/random-secret.ts'
import type { BackingServiceKind } from './backing-service.ts'
import { givenKafka } from './given-kafka.ts'
import { logInToOne } from './kafka-login.ts'
import { kafkaNode } from './kafka-node.ts'
import { unusable } from './unusable.ts'

const secrets = ['kafka-brokers', 'kafka-user', 'kafka-password']

/** One node of Kafka with a password that is new each run, or those of SHOP_KAFKA_BROKERS. */
export const kafka: BackingServiceKind = {
  name: 'Kafka',
  variables: 'SHOP_KAFKA_BROKERS, SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD',
  provides: secret => secrets.includes(secret),
  create({ instance, place }) {
    const given = givenKafka()
    const [port, controllerPort] = [8519 + instance.portOffset, 8520 + instance.portOffset]
    const own = { brokers: [`127.0.0.1:${port}`], user: 'shop', password: randomSecret() }
    const { brokers, user, password } = given ?? own
    return {
      name: kafka.name,
      secrets: { 'kafka-brokers': brokers.join(','), 'kafka-user': user, 'kafka-password': password },
      servers: given ? [] : [kafkaNode(instance, { port, controllerPort, user, password })],
      prepare: signal => logIn({ brokers, user, password, isGiven: given !== undefined, place }, signal),
    }
  },
}

interface LogIn {
  brokers: string[]
  user: string
  password: string
  isGiven: boolean
  place: string
}

async function logIn({ brokers, isGiven, place, ...login }: LogIn, signal: AbortSignal): Promise<void> {
  try {
    await logInToOne(brokers, { ...login, limitMs: isGiven ? 5000 : 20_000 }, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw unusable({
      place,
      server: `Kafka at ${brokers.join(',')}`,
      reason: messageOf(error),
      fix: isGiven ? `Start it, or correct ${kafka.variables}.` : "See 'bun run logs kafka'.",
    })
  }
}
