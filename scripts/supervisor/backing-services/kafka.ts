import { randomSecret } from '../infrastructure/random-secret.ts'
import type { BackingServiceKind } from './backing-service.ts'
import { givenKafka } from './given-kafka.ts'
import { logInToKafka } from './kafka-login.ts'
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

/** One broker that answers is enough: it knows the others. */
async function logIn({ brokers, isGiven, place, ...login }: LogIn, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(isGiven ? 5000 : 20_000)
  const inTime = AbortSignal.any([signal, limit])
  try {
    await Promise.any(brokers.map(broker => logInToKafka({ broker, ...login }, inTime)))
  } catch (error) {
    signal.throwIfAborted()
    const [first] = error instanceof AggregateError ? error.errors : [error]
    const reason = inTime.aborted ? 'no answer' : first instanceof Error ? first.message : String(first)
    throw unusable({
      place,
      server: `Kafka at ${brokers.join(',')}`,
      reason,
      fix: isGiven ? `Start it, or correct ${kafka.variables}.` : "See 'bun run logs kafka'.",
    })
  }
}
