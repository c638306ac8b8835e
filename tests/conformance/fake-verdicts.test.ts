import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { publish, topic } from '../../packages/elysia-dapr/src/index.ts'
import { fakeDaprd, type Verdict } from '../../packages/elysia-dapr/src/testing/index.ts'
import { component, daprd, eventually } from './environment.ts'
import { retries } from './resiliency.ts'

interface Answer {
  status: number
  body: string | null
}

// What daprd concludes shows in what it does then. The last of each list is retried: by then the others have been.
const singles: Answer[] = [
  { status: 200, body: '{"status":"SUCCESS"}' },
  { status: 200, body: '{"status":"RETRY"}' },
  { status: 202, body: '{"status":"DROP"}' },
  { status: 200, body: '{"Status":"DROP"}' },
  { status: 200, body: '{"status":"drop"}' },
  { status: 200, body: '{"status":""}' },
  { status: 200, body: '{"status":5}' },
  { status: 200, body: '{}' },
  { status: 200, body: 'null' },
  { status: 200, body: '["DROP"]' },
  { status: 200, body: 'DROP' },
  { status: 200, body: '' },
  { status: 204, body: null },
  { status: 302, body: null },
  { status: 404, body: '{"status":"SUCCESS"}' },
  { status: 400, body: null },
  { status: 401, body: null },
  { status: 422, body: null },
  { status: 500, body: '{"status":"DROP"}' },
]

// 404 is missing: it drops without a dead letter, which looks like a success.
const bulks: Answer[] = [
  { status: 200, body: '{"statuses":[{"entryId":"?","status":"SUCCESS"}]}' },
  { status: 200, body: '{"statuses":[{"entryId":"?","status":"RETRY"}]}' },
  { status: 200, body: '{"statuses":[{"entryId":"?","status":"DROP"}]}' },
  { status: 200, body: '{"statuses":[{"entryId":"?","status":""}]}' },
  { status: 200, body: '{"statuses":[{"entryId":"?","status":"DONE"}]}' },
  { status: 200, body: '{"statuses":[]}' },
  { status: 200, body: '{"status":"SUCCESS"}' },
  { status: 200, body: '' },
  { status: 204, body: null },
  { status: 500, body: '{"statuses":[{"entryId":"?","status":"SUCCESS"}]}' },
]

interface Event {
  data: number
}

interface Entry {
  entryId: string
  event: Event
}

/** An app that answers the event with the number n by the n-th answer, and counts. */
function answering(answers: Answer[], isBulk: boolean) {
  const attempts = answers.map(() => 0)
  const dead = new Set<number>()
  const subscriptions = [
    {
      pubsubname: 'pubsub',
      topic: 'numbers',
      routes: { default: '/numbers' },
      deadLetterTopic: 'dead',
      bulkSubscribe: { enabled: isBulk, maxMessagesCount: 1 },
    },
    { pubsubname: 'pubsub', topic: 'dead', routes: { default: '/dead' } },
  ]
  const app = new Elysia()
    .get('/dapr/subscribe', () => subscriptions)
    .post(
      '/numbers',
      async ({ request }) => {
        const body = (await request.json()) as Event & { entries: Entry[] }
        const entry = isBulk ? body.entries[0] : { entryId: '', event: body }
        const number = entry?.event.data ?? -1
        attempts[number] = (attempts[number] ?? 0) + 1
        const { status = 500, body: answer = null } = answers[number] ?? {}
        return new Response(answer?.replace('?', entry?.entryId ?? '') ?? null, { status })
      },
      { parse: 'none' },
    )
    .post(
      '/dead',
      async ({ request }) => {
        dead.add(((await request.json()) as Event).data)
        return ''
      },
      { parse: 'none' },
    )
  return { app, attempts, dead }
}

/** With one retry allowed. */
const consequences: Record<Verdict, { attempts: number; isDead: boolean }> = {
  SUCCESS: { attempts: 1, isDead: false },
  RETRY: { attempts: 2, isDead: true },
  DROP: { attempts: 1, isDead: true },
}

const numbers = topic('pubsub', 'numbers', Type.Integer())

test.each([
  ['an event', singles, false],
  ['a bulk delivery', bulks, true],
] as const)(
  'the fake concludes of %s what daprd does',
  async (_, answers, isBulk) => {
    const replayed = answering([...answers], isBulk)
    const fake = fakeDaprd(replayed.app)
    const concluded: Verdict[] = []
    for (const number of answers.keys()) concluded.push(await fake.deliver(numbers, number))

    const real = answering([...answers], isBulk)
    await using sidecar = await daprd({
      app: real.app,
      resources: [component('pubsub', 'pubsub.in-memory'), retries(1, '10ms')],
    })
    for (const number of answers.keys()) await publish(sidecar, numbers, number)
    const expected = concluded.map(verdict => consequences[verdict])
    const seen = () => real.attempts.map((attempts, number) => ({ attempts, isDead: real.dead.has(number) }))
    const deadline = performance.now() + 30_000
    await eventually(() => Bun.deepEquals(seen(), expected) || performance.now() > deadline || undefined)
    expect(seen()).toEqual(expected)
  },
  60_000,
)
