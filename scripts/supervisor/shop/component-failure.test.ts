import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { readInstance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'
import { explainFailure } from './component-failure.ts'

const instance = readInstance({ root: resolve(import.meta.dir, '../../..'), env: { SHOP_SET: 'redis' } })

test('a component that does not come up is told with its place, why, and what to do', () => {
  const error = new ShopError(`orders.sidecar ended (exit code 1), again and again. Its last log lines:
    18:51:31.953 Dapr runtime stopped runtime
    18:51:31.955 fatal Fatal error from runtime: process component pubsub error: [INIT_COMPONENT_FAILURE]: initialization error occurred for pubsub (pubsub.redis/v1): [INIT_COMPONENT_FAILURE]: initialization error occurred for pubsub (pubsub.redis/v1): redis streams: error connecting to redis at 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused runtime
(.local/logs/orders.sidecar.log)`)
  expect(explainFailure(error, instance)).toMatchObject({
    name: 'ShopError',
    message:
      'components/redis/pubsub.yaml:6: pubsub (pubsub.redis/v1) does not come up: redis streams: error connecting to redis at 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused\n' +
      'Start its server, or correct the address and what it logs in with there or in the secret that it refers to.',
  })
})

test('any other error is left as it is', () => {
  for (const error of [new ShopError('orders ended (exit code 1), again and again.'), 'text', undefined])
    expect(explainFailure(error, instance)).toBe(error)
})
