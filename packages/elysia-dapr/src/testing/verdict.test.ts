import { expect, test } from 'bun:test'
import { bulkVerdicts, eventVerdict, jobVerdict, type Verdict } from './verdict.ts'

test.each<[number, string | null, Verdict]>([
  [200, '{"status":"SUCCESS"}', 'SUCCESS'],
  [200, '{"status":"RETRY"}', 'RETRY'],
  [202, '{"status":"DROP"}', 'DROP'],
  [200, '{"Status":"DROP"}', 'DROP'],
  [200, '{"status":"drop"}', 'RETRY'],
  [200, '{"status":"DONE"}', 'RETRY'],
  [200, '{"status":""}', 'SUCCESS'],
  [200, '{"status":5}', 'SUCCESS'],
  [200, '{}', 'SUCCESS'],
  [200, 'null', 'SUCCESS'],
  [200, '["DROP"]', 'SUCCESS'],
  [200, 'DROP', 'SUCCESS'],
  [200, '', 'SUCCESS'],
  [204, null, 'SUCCESS'],
  [404, '{"status":"SUCCESS"}', 'DROP'],
  [302, null, 'RETRY'],
  [400, null, 'RETRY'],
  [401, null, 'RETRY'],
  [422, null, 'RETRY'],
  [500, '{"status":"DROP"}', 'RETRY'],
])('an event: %d with %p is %s', async (status, body, verdict) => {
  expect(await eventVerdict(new Response(body, { status }))).toBe(verdict)
})

const done = [
  { entryId: 'b', status: 'DROP' },
  { entryId: 'a', status: 'SUCCESS' },
]

test.each<[number, string | null, Verdict[]]>([
  [200, JSON.stringify({ statuses: done }), ['SUCCESS', 'DROP']],
  [200, JSON.stringify({ statuses: done.slice(1) }), ['SUCCESS', 'RETRY']],
  [200, JSON.stringify({ statuses: [{ entryId: 'a', status: '' }, { entryId: 'b' }] }), ['RETRY', 'RETRY']],
  [200, JSON.stringify({ statuses: [{ entryId: 'a', status: 'DONE' }] }), ['RETRY', 'RETRY']],
  [200, '{"status":"SUCCESS"}', ['RETRY', 'RETRY']],
  [200, '', ['RETRY', 'RETRY']],
  [204, null, ['RETRY', 'RETRY']],
  [404, JSON.stringify({ statuses: done }), ['DROP', 'DROP']],
  [500, JSON.stringify({ statuses: done }), ['RETRY', 'RETRY']],
])('a bulk delivery: %d with %p is %j', async (status, body, verdicts) => {
  expect(await bulkVerdicts(new Response(body, { status }), ['a', 'b'])).toEqual(verdicts)
})

test.each<[number, Verdict]>([
  [200, 'SUCCESS'],
  [204, 'SUCCESS'],
  [404, 'DROP'],
  [500, 'RETRY'],
])('a job: %d is %s', (status, verdict) => {
  expect(jobVerdict(new Response(null, { status }))).toBe(verdict)
})
