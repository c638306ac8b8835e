import { ShopError } from '../shop-error.ts'

export interface GivenKafka {
  /** host:port each. */
  brokers: string[]
  user: string
  password: string
}

/**
 * The Kafka that the person gives: SHOP_KAFKA_BROKERS, a list with commas, SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD.
 * Undefined without the first.
 * @throws ShopError for a list that is none, and when one of the others is missing
 */
export function givenKafka(env: Record<string, string | undefined> = process.env): GivenKafka | undefined {
  const { SHOP_KAFKA_BROKERS: text, SHOP_KAFKA_USER: user, SHOP_KAFKA_PASSWORD: password } = env
  if (!text) return undefined
  const brokers = text.split(',').map(broker => withPort(broker.trim()))
  if (!user || !password) {
    throw new ShopError(
      'SHOP_KAFKA_BROKERS needs SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD beside it. Set them, or unset it.',
    )
  }
  return { brokers, user, password }
}

function withPort(broker: string): string {
  const text = `kafka://${broker}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.hostname || url.username || url.pathname) {
    throw new ShopError('SHOP_KAFKA_BROKERS is no list of addresses. Write it like HOST:9092,HOST:9092.')
  }
  return url.port ? url.host : `${url.host}:9092`
}
