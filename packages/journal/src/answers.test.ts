import { expect, test } from 'bun:test'
import { postgresMissing, startPostgres, startTimeout } from '@shop/local-postgres'
import { watchServer } from './answers.ts'

const reason = postgresMissing === undefined ? '' : ` (${postgresMissing})`

test.skipIf(reason !== '')(
  `a server is away while it is dead, and there again when it is back${reason}`,
  async () => {
    await using server = await startPostgres()
    const { answers, close } = watchServer(server.url())
    expect(await answers()).toBe(true)
    await server.kill()
    while (await answers()) await new Promise(setImmediate)
    await server.restart()
    while (!(await answers())) await new Promise(setImmediate)
    await close()
  },
  startTimeout,
)

test('one that never answers is away within seconds, and each answer takes less than a probe waits', async () => {
  using silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { answers, close } = watchServer(`postgres://nobody@127.0.0.1:${silent.port}/none`)
  const started = performance.now()
  expect(await answers()).toBe(true)
  expect(performance.now() - started).toBeLessThan(900)
  while (await answers());
  await close()
}, 30_000)
