import { expect, test } from 'bun:test'
import { failureOf, localServer } from '../../test/local-server.ts'
import { getSecret } from './secrets.ts'

test.each([
  ['HTML', new Response('<html>hunter2</html>')],
  ['JSON of another shape', Response.json('hunter2')],
  ['nothing', new Response()],
])('what answers like no sidecar is a DaprError that does not show it: %s', async (_, answer) => {
  using server = localServer(() => answer)
  const error = await failureOf(getSecret(server.sidecar(), 'secrets', 'database'))
  expect(error).toMatchObject({ name: 'DaprError', code: 'BAD_ANSWER', status: 200, retryable: false })
  expect(Bun.inspect(error)).not.toContain('hunter2')
})

test.each([
  ['no content', new Response(null, { status: 204 }), 'database'],
  ['other names', Response.json({ other: 'x' }), 'database'],
  ['a name that every object has', Response.json({}), 'constructor'],
])('a secret that is not there is told: %s', async (_, answer, name) => {
  using server = localServer(() => answer)
  const error = await failureOf(getSecret(server.sidecar(), 'secrets', name))
  expect(error).toMatchObject({ name: 'DaprError', code: 'SECRET_MISSING', status: 404 })
})

test.each(['..', '', '\ud800'])('a name that does not fit into a URL is a wrong argument: %j', async name => {
  using server = localServer(() => Response.json({ [name]: 'x' }))
  expect(await failureOf(getSecret(server.sidecar(), 'secrets', name))).toBeInstanceOf(TypeError)
})
