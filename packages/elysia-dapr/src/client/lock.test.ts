import { expect, test } from 'bun:test'
import { failureOf, localServer } from '../../test/local-server.ts'
import { tryLock } from './lock.ts'

/** A sidecar that takes a lock and does not say so. */
function silent() {
  const asked: string[] = []
  const taken = Promise.withResolvers<{ lockOwner: string }>()
  const given = Promise.withResolvers<{ lockOwner: string }>()
  const server = localServer(async request => {
    const path = new URL(request.url).pathname
    asked.push(path)
    const body = (await request.json()) as { lockOwner: string }
    if (path.includes('unlock')) {
      given.resolve(body)
      return Response.json({ status: 0 })
    }
    taken.resolve(body)
    return await new Promise<Response>(() => undefined)
  })
  const dispose = () => server[Symbol.dispose]()
  return { asked, taken, given, sidecar: server.sidecar(), [Symbol.dispose]: dispose }
}

test('a lock that may have been taken in vain is given back', async () => {
  using server = silent()
  const error = await failureOf(tryLock(server.sidecar, 'locks', 'a', { expiry: 60, timeout: 20 }))
  expect(error).toMatchObject({ code: 'TIMEOUT' })
  const { lockOwner } = await server.taken.promise
  expect(await server.given.promise).toEqual({ resourceId: 'a', lockOwner } as never)
})

test('so is one that was given up', async () => {
  using server = silent()
  const abort = new AbortController()
  const failure = failureOf(tryLock(server.sidecar, 'locks', 'a', { expiry: 60, signal: abort.signal }))
  const { lockOwner } = await server.taken.promise
  abort.abort()
  expect(await failure).toMatchObject({ code: 'ABORTED' })
  expect((await server.given.promise).lockOwner).toBe(lockOwner)
})

test('one of a named owner is not: that one may hold it since before', async () => {
  using server = silent()
  const options = { expiry: 60, timeout: 20, owner: 'me' }
  expect(await failureOf(tryLock(server.sidecar, 'locks', 'a', options))).toMatchObject({ code: 'TIMEOUT' })
  const other = await failureOf(tryLock(server.sidecar, 'locks', 'b', { expiry: 60, timeout: 20 }))
  expect(other).toMatchObject({ code: 'TIMEOUT' })
  await server.given.promise
  expect(server.asked.filter(path => path.includes('unlock'))).toHaveLength(1)
})
