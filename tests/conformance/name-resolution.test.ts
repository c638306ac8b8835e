import { Database } from 'bun:sqlite'
import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { obtainForTests } from './binaries.ts'
import { daprd, eventually, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

const { binaries } = await obtainForTests(['daprd'], { report: () => undefined })
// an official release asks for the name at every call
const testOfBuild = test.skipIf(binaries.daprd.source !== 'build')

async function startPair() {
  await using started = new AsyncDisposableStack()
  const folder = started.use(await temporaryFolder())
  const home = folder.path
  const app = started.use(
    Bun.serve({ hostname: '127.0.0.1', port: 0, routes: { '/hello': () => new Response('hello') } }),
  )
  const called = () => daprd({ appId: 'called', app: { port: app.port ?? 0 }, home, waitFor: 'outbound' })
  const caller = started.use(await daprd({ appId: 'caller', home }))
  const call = async () => (await caller.request('/v1.0/invoke/called/method/hello')).status
  const names = started.adopt(new Database(join(home, 'names.db')), names => names.close())
  names.run('PRAGMA busy_timeout = 10000')
  const owned = started.move()
  return { called, call, names, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function untilAnswered(call: () => Promise<number>, status: number): Promise<void> {
  await eventually(async () => (await call()) === status || undefined, { what: `an answer ${status}` })
}

testOfBuild('a name that was asked for is remembered, for a second', async () => {
  await using pair = await startPair()
  await using _ = await pair.called()
  await untilAnswered(pair.call, 200)
  const rows = pair.names.query('SELECT * FROM hosts').all() as Record<string, string>[]
  const restore = () => {
    for (const row of rows) {
      const columns = Object.keys(row)
      pair.names
        .query(`REPLACE INTO hosts (${columns}) VALUES (${columns.map(() => '?')})`)
        .run(...Object.values(row))
    }
  }
  // again where this process was held up for longer than a second
  await untilAnswered(async () => {
    restore()
    await pair.call()
    pair.names.run('DELETE FROM hosts')
    return await pair.call()
  }, 200)
  await untilAnswered(pair.call, 500)
  restore()
  await untilAnswered(pair.call, 200)
})

test('a sidecar that comes back on other ports is found', async () => {
  await using pair = await startPair()
  {
    await using _ = await pair.called()
    await untilAnswered(pair.call, 200)
  }
  await using _ = await pair.called()
  await untilAnswered(pair.call, 200)
  expect(pair.names.query("SELECT * FROM hosts WHERE app_id = 'called'").all()).toHaveLength(1)
})
