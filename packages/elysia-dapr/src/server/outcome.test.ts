import { describe, expect, spyOn, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { binding, job, topic } from '../contract.ts'
import { fakeDaprd } from '../testing/fake.ts'
import type { Verdict } from '../testing/verdict.ts'
import { dapr } from './dapr.ts'
import { onBinding } from './on-binding.ts'
import { onJob } from './on-job.ts'
import { drop, outcomeOf, retry } from './outcome.ts'
import { subscribe } from './subscribe.ts'
import { subscribeBulk } from './subscribe-bulk.ts'

const placed = topic('pubsub', 'placed', Type.Unknown())
const paid = topic('pubsub', 'paid', Type.Unknown())
const work = job('work', Type.Unknown())
const file = binding('file')

interface Told {
  onDrop?: (given: unknown, reason: string) => unknown
  onRetry?: (given: unknown, reason: string) => unknown
}

/** What daprd concludes where each kind of handler returns this. */
async function verdictsOf(returned: unknown, told: Told = { onDrop: () => undefined }) {
  const handler = async () => returned as undefined
  const app = new Elysia()
    .use(dapr({ appToken: '' }))
    .use(subscribe(placed, handler, told))
    .use(subscribeBulk(paid, handler, told))
    .use(onJob(work, handler, told))
    .use(onBinding(file, handler, told))
  const daprd = fakeDaprd(app)
  return {
    event: await daprd.deliver(placed, 1),
    bulk: await daprd.deliver(paid, 1),
    job: await daprd.runJob(work, 1),
    binding: await daprd.sendBinding(file, 1),
  }
}

const all = (verdict: Verdict) => ({ event: verdict, bulk: verdict, job: verdict, binding: verdict })
const done = all('SUCCESS')

test.each([
  undefined,
  null,
  'ok',
  1,
  false,
  [undefined],
  [{ rows: [] }],
  { rows: [] },
  { drop: undefined },
  { retry: 3 },
  new Map([['drop', 'x']]),
])('a handler that returned has done its work: %j', async returned => {
  const told: unknown[] = []
  const tell = (...given: unknown[]) => told.push(given)
  expect(await verdictsOf(returned, { onDrop: tell, onRetry: tell })).toEqual(done)
  expect(told).toEqual([])
})

test('unless it returned drop or retry', async () => {
  expect(await verdictsOf(retry('later'))).toEqual(all('RETRY'))
  const given = { ...all('SUCCESS'), event: 'DROP', bulk: 'DROP' } as const
  expect(await verdictsOf(drop('no'))).toEqual(given)
  expect(outcomeOf({ drop: 'no', more: 1 })).toEqual({ drop: 'no' })
})

describe('who is told is waited for', () => {
  test.each(['onDrop', 'onRetry'] as const)('%s', async name => {
    const told: string[] = []
    async function tell(_: unknown, reason: string) {
      await new Promise(setImmediate)
      told.push(reason)
    }
    await verdictsOf(name === 'onDrop' ? drop('because') : retry('because'), { [name]: tell })
    expect(told).toEqual(['because', 'because', 'because', 'because'])
  })

  test.each<[string, () => unknown]>([
    ['throws', () => JSON.parse('{')],
    ['rejects', async () => JSON.parse('{')],
  ])('an onDrop or onRetry that %s has it retried', async (_, fail) => {
    const console_ = spyOn(console, 'error').mockImplementation(() => {})
    try {
      expect(await verdictsOf(drop('no'), { onDrop: fail })).toEqual(all('RETRY'))
      expect(await verdictsOf(retry('no'), { onRetry: fail })).toEqual(all('RETRY'))
    } finally {
      console_.mockRestore()
    }
  })

  test('in a bulk for its event alone, which is judged again', async () => {
    const console_ = spyOn(console, 'error').mockImplementation(() => {})
    const seen: unknown[] = []
    let stored = 0
    const numbers = topic('pubsub', 'numbers', Type.Integer())
    const app = new Elysia().use(dapr({ appToken: '' })).use(
      subscribeBulk(
        numbers,
        ({ entries }) => {
          seen.push(...entries.map(({ data }) => data))
          return entries.map(({ data }) => (data === 1 ? drop('one') : undefined))
        },
        {
          onDrop: () => {
            stored += 1
            if (stored === 2) throw new Error('the database is down')
          },
        },
      ),
    )
    const daprd = fakeDaprd(app)
    try {
      const given = ['x' as unknown as number, 1, 2]
      expect(await daprd.deliverBulk(numbers, given)).toEqual(['DROP', 'RETRY', 'SUCCESS'])
      expect(await daprd.deliverBulk(numbers, [1])).toEqual(['DROP'])
      expect(seen).toEqual([1, 2, 1])
      expect(console_.mock.calls).toMatchObject([
        [expect.stringContaining('numbers'), { message: 'the database is down' }],
      ])
    } finally {
      console_.mockRestore()
    }
  })
})
