import { expect, test } from 'bun:test'
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

test('credentials are replaced', () => {
  const { log, lines } = collectLog()
  log.info({
    headers: { authorization: 'hunter2', 'dapr-api-token': 'hunter2' },
    db: { password: 'hunter2' },
  })
  expect(JSON.stringify(lines)).not.toContain('hunter2')
})
