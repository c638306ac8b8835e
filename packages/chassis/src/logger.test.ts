import { expect, test } from 'bun:test'
import { DaprError } from 'elysia-dapr'
import { collectLog } from '../test/collect.ts'

test('a line names the service, the level and the time', () => {
  const { log, lines } = collectLog()
  log.info({ orderId: 7 }, 'placed')
  expect(lines).toEqual([
    { level: 'info', service: 'test', orderId: 7, msg: 'placed', time: expect.stringMatching(/^\d{4}-.*Z$/) },
  ])
})

test('levels below the chosen one are left out', () => {
  const { log, lines } = collectLog('warn')
  log.info('placed')
  log.warn('slow')
  expect(lines).toHaveLength(1)
})

test.each([
  { password: 'hunter2' },
  { url: { password: 'hunter2' } },
  { req: { headers: { authorization: 'hunter2' } } },
  { req: { init: { headers: { 'dapr-api-token': 'hunter2' } } } },
  { 'dapr-api-token': 'hunter2' },
])('credentials are replaced: %j', fields => {
  const { log, lines } = collectLog()
  log.info(fields, 'connecting')
  expect(JSON.stringify(lines)).not.toContain('hunter2')
  expect(JSON.stringify(lines)).toContain('[Redacted]')
})

test('an error tells its fault and not the answer that it holds', () => {
  const { log, lines } = collectLog()
  const cause = new TypeError('refused')
  const err = new DaprError('read the secret', {
    status: 500,
    code: 'ERR',
    body: { value: 'hunter2' },
    cause,
  })
  log.error({ err }, 'failed')
  const stack = expect.stringContaining('read the secret')
  expect(lines[0]?.err).toEqual({
    type: 'DaprError',
    message: 'read the secret',
    code: 'ERR',
    status: 500,
    stack,
    cause: 'refused',
  })
})
