import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { failureOf, localServer } from '../../test/local-server.ts'
import { stateStore } from './state.ts'

// What daprd 1.18.2 says with Redis 7, SQLite and its in-memory store.
const saved = 'failed saving state in state store s: '
const mismatch = 'possible etag mismatch. error from state store'
const inRedis = (key: string) =>
  `ERR user_script:14: failed to set key ${key} script: d908b9, on @user_script:14.`
const away = 'dial tcp 127.0.0.1:6379: connect: connection refused'

async function save(status: number, message: string, guard: { etag?: string; ifAbsent?: true }, key = 'k') {
  using server = localServer(() => Response.json({ errorCode: 'ERR_STATE_SAVE', message }, { status }))
  return await failureOf(stateStore(server.sidecar(), 's', Type.Unknown()).save(key, 1, guard))
}

describe('with a condition', () => {
  test.each([
    [409, `${saved}${mismatch}. ${inRedis('app||k')}`],
    [500, `${saved}failed to set key app||k: ${inRedis('app||k')}`],
    [409, `${saved}${mismatch}`],
    [500, `error while executing state transaction: ${mismatch}`],
    [409, `${saved}${mismatch}: state etag not match for key=app||k: current=a, expect=b`],
    [409, `${saved}${mismatch}: ${inRedis('app||read tcp EOF')}`],
  ])('%#: a mismatch is one, of status %d', async (status, message) => {
    for (const guard of [{ etag: '1' }, { ifAbsent: true }] as const) {
      expect(await save(status, message, guard)).toMatchObject({
        name: 'ETagMismatchError',
        status: 409,
        code: 'ERR_STATE_SAVE',
        retryable: false,
      })
    }
  })
})

describe('a store that is away is no mismatch', () => {
  test.each([
    away,
    'read tcp 127.0.0.1:1->127.0.0.1:6379: i/o timeout',
    'EOF',
    'context deadline exceeded',
    'redis: connection pool timeout',
    'LOADING Redis is loading the dataset in memory',
    "READONLY You can't write against a read only replica. script: d90, on @user_script:9.",
    "OOM command not allowed when used memory > 'maxmemory'. script: d90, on @user_script:9.",
  ])('%s', async reason => {
    for (const [status, message] of [
      [409, `${saved}${mismatch}: ${reason}`],
      [500, `${saved}failed to set key app||k: ${reason}`],
    ] as const) {
      for (const guard of [{ etag: '1' }, { ifAbsent: true }, {}] as const) {
        expect(await save(status, message, guard)).toMatchObject({
          name: 'DaprError',
          status: 500,
          code: 'ERR_STATE_SAVE',
          retryable: true,
        })
      }
    }
  })
})

test('without a condition there is no mismatch, and a refusal stays one', async () => {
  expect(await save(500, `${saved}failed to set key app||k: ${inRedis('app||k')}`, {})).toMatchObject({
    name: 'DaprError',
    status: 409,
    retryable: false,
  })
})
