import { expect, test } from 'bun:test'
import { givenKafka } from './given-kafka.ts'

const login = { SHOP_KAFKA_USER: 'me', SHOP_KAFKA_PASSWORD: 'mine' }

test('no Kafka is given without an address', () => {
  expect(givenKafka(login)).toBeUndefined()
  expect(givenKafka({ ...login, SHOP_KAFKA_BROKERS: '' })).toBeUndefined()
})

test('a list of brokers, each with its port or 9092', () => {
  const given = givenKafka({ ...login, SHOP_KAFKA_BROKERS: 'one:9094, two,[::1]:9093' })
  expect(given).toEqual({ brokers: ['one:9094', 'two:9092', '[::1]:9093'], user: 'me', password: 'mine' })
})

test.each(['one:port', ',', 'tcp://one:9092', 'me:mine@one:9092', 'one:9092/path'])('%s is no list', text => {
  expect(() => givenKafka({ ...login, SHOP_KAFKA_BROKERS: text })).toThrow('SHOP_KAFKA_BROKERS is no list')
})

test.each(['SHOP_KAFKA_USER', 'SHOP_KAFKA_PASSWORD'])('%s must be there too', name => {
  const env = { ...login, SHOP_KAFKA_BROKERS: 'one', [name]: undefined }
  expect(() => givenKafka(env)).toThrow('needs SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD')
})
