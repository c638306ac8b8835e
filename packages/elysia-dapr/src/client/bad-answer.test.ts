import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { failureOf, localServer } from '../../test/local-server.ts'
import { job } from '../contract.ts'
import { startWorkflow } from '../workflow/client.ts'
import { getWorkflow } from '../workflow/state.ts'
import { workflow } from '../workflow/workflow.ts'
import { subscribeConfiguration } from './configuration.ts'
import { getJob } from './jobs.ts'
import { tryLock } from './lock.ts'
import { getMetadata } from './metadata.ts'
import { getSecrets } from './secrets.ts'
import type { Sidecar } from './sidecar.ts'
import { stateStore } from './state.ts'

const noop = workflow('noop', {}, function* () {})

const calls: [string, (sidecar: Sidecar) => Promise<unknown>][] = [
  ['a lock', sidecar => tryLock(sidecar, 'locks', 'a', { expiry: 1 })],
  ['metadata', sidecar => getMetadata(sidecar)],
  ['secrets', sidecar => getSecrets(sidecar, 'secrets')],
  ['a subscription', sidecar => subscribeConfiguration(sidecar, 'settings')],
  ['many keys', sidecar => stateStore(sidecar, 'state', Type.Unknown()).getBulk(['a'])],
  ['a workflow that is started', sidecar => startWorkflow(sidecar, noop)],
  ['a workflow', sidecar => getWorkflow(sidecar, noop, 'a')],
  ['a job', sidecar => getJob(sidecar, job('a', Type.Unknown()))],
]

test.each(calls)('what answers like no sidecar is a DaprError: %s', async (_, call) => {
  for (const answer of ['<html>', '5', 'null']) {
    using server = localServer(() => new Response(answer))
    expect(await failureOf(call(server.sidecar()))).toMatchObject({
      name: 'DaprError',
      code: 'BAD_ANSWER',
      status: 200,
      retryable: false,
    })
  }
})

test('an unlock that does not say how it ended is no success, and can be done again', async () => {
  let answer = '{"status":3}'
  using server = localServer(({ url }) => new Response(url.includes('unlock') ? answer : '{"success":true}'))
  const lock = await tryLock(server.sidecar(), 'locks', 'a', { expiry: 1 })
  expect(await failureOf(lock?.unlock() ?? Promise.resolve())).toMatchObject({ code: 'BAD_ANSWER' })
  answer = '{"status":0}'
  await lock?.unlock()
})
