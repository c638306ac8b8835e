import { expect, setDefaultTimeout, test } from 'bun:test'
import { type LockLostError, sidecar, tryLock } from '../../packages/elysia-dapr/src/index.ts'
import { component, daprd, eventually, failureOf, redisTest, startRedis } from './environment.ts'

setDefaultTimeout(60_000)

async function setUp() {
  await using cleanup = new AsyncDisposableStack()
  const redis = cleanup.use(await startRedis())
  const dapr = cleanup.use(await daprd({ resources: [redis.component('locks', 'lock.redis')] }))
  const kept = cleanup.move()
  return {
    dapr,
    take: (resource: string, expiry = 60, owner?: string) =>
      tryLock(dapr, 'locks', resource, { expiry, ...(owner && { owner }) }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

redisTest('a lock has one holder of many who want it at once', async () => {
  await using locks = await setUp()
  const taken = await Promise.all(Array.from({ length: 8 }, () => locks.take('ü/invoice 42')))
  expect(taken.filter(Boolean)).toHaveLength(1)
  expect(await locks.take('another')).toBeDefined()
})

redisTest('a lock is free after its scope, also when that throws', async () => {
  await using locks = await setUp()
  async function work(fail: boolean) {
    await using lock = await locks.take('work')
    expect(lock).toBeDefined()
    expect(await locks.take('work')).toBeUndefined()
    if (fail) throw new Error('work failed')
  }
  await work(false)
  expect(await failureOf(work(true))).toMatchObject({ message: 'work failed' })
  await work(false)
})

redisTest('a lock ends after its expiry, says so, and cannot be given back', async () => {
  await using locks = await setUp()
  const lock = await locks.take('short', 1)
  const other = await eventually(() => locks.take('short'))
  expect(lock?.signal.aborted).toBe(true)
  expect(other.signal.aborted).toBe(false)
  const taken = (await failureOf(lock?.unlock() ?? Promise.resolve())) as LockLostError
  expect(taken).toMatchObject({ name: 'LockLostError', code: 'LOCK_TAKEN', status: 409, retryable: false })
  expect(await locks.take('short')).toBeUndefined()
  await other.unlock()
})

redisTest('a lock that nobody holds any more is told at the end of its scope', async () => {
  await using locks = await setUp()
  async function work() {
    await using lock = await locks.take('slow', 1)
    await eventually(async () => {
      await using again = await locks.take('slow')
      return again
    })
    return lock
  }
  expect(await failureOf(work())).toMatchObject({ name: 'LockLostError', code: 'LOCK_EXPIRED' })
})

redisTest('an unlock is done once', async () => {
  await using locks = await setUp()
  const lock = await locks.take('once')
  await lock?.unlock()
  const other = await locks.take('once')
  await lock?.unlock()
  expect(await locks.take('once')).toBeUndefined()
  await other?.unlock()
})

redisTest('an unlock that fails can be done again', async () => {
  await using locks = await setUp()
  const lock = await locks.take('again', 60, 'me')
  expect(lock?.owner).toBe('me')
  const aborted = await failureOf(lock?.unlock({ signal: AbortSignal.abort() }) ?? Promise.resolve())
  expect(aborted).toMatchObject({ code: 'ABORTED' })
  await lock?.unlock()
  expect(await locks.take('again')).toBeDefined()
})

redisTest('a lock in a store that is not there rejects', async () => {
  await using locks = await setUp()
  const unknown = await failureOf(tryLock(locks.dapr, 'nowhere', 'a', { expiry: 1 }))
  expect(unknown).toMatchObject({ code: 'ERR_LOCK_STORE_NOT_FOUND', retryable: false })
})

test('without a lock store a lock rejects', async () => {
  await using dapr = await daprd({ resources: [component('memory', 'state.in-memory')] })
  const error = await failureOf(tryLock(dapr, 'locks', 'a', { expiry: 1 }))
  expect(error).toMatchObject({ code: 'ERR_LOCK_STORE_NOT_CONFIGURED', status: 500 })
})

test.each([
  ['', 1, 'me'],
  ['a||b', 1, 'me'],
  ['a', 1, ''],
  ['a', 0, 'me'],
  ['a', 1.5, 'me'],
  ['a', Number.POSITIVE_INFINITY, 'me'],
])('no lock is of the resource %j for %p seconds of the owner %j', async (resource, expiry, owner) => {
  expect(await failureOf(tryLock(sidecar(), 'locks', resource, { expiry, owner }))).toBeInstanceOf(TypeError)
})
