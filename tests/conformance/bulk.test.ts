import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  type BulkEntry,
  dapr,
  drop,
  type Outcome,
  publish,
  publishBulk,
  retry,
  subscribe,
  subscribeBulk,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import type { Broker } from './broker.ts'
import { component, daprd, eventually, startBroker } from './environment.ts'
import { inbox } from './events-setup.ts'
import { retries } from './resiliency.ts'

setDefaultTimeout(60_000)

// Of the brokers here only this one gives several events at a time.
const numbers = topic('pubsub', 'numbers', Type.Object({ number: Type.Integer() }))
const anything = topic('pubsub', 'numbers', Type.Unknown())
const letters = topic('pubsub', 'numbers.letters', Type.Unknown())
const kinds = topic('pubsub', 'kinds', Type.Object({ number: Type.Integer() }))
const raw = topic('pubsub', 'raw', Type.Object({ number: Type.Integer() }))
const rawLetters = topic('pubsub', 'raw.letters', Type.Unknown())
const slow = topic('pubsub', 'slow', Type.Unknown())

type Entry = BulkEntry<{ number: number }>
type Judge = (entry: Entry, place: { index: number; size: number; attempt: number }) => Outcome

const all = { maxMessages: 10, maxAwait: 1_000 }
let batches: number[][] = []
let judge: Judge = () => undefined
/** Outcomes that the next answer lacks. */
let forgotten = 0
let dropped: { data: unknown; reason: string }[] = []
const attempts = new Map<string, number>()
const letterBox = inbox()
const rawBox = inbox()
const kindBatches: Record<string, number[]> = { even: [], odd: [], default: [] }
const rawSeen: unknown[] = []
let slowAttempts = 0

function handle({ entries }: { entries: Entry[] }): Outcome[] {
  batches.push(entries.map(({ data }) => data.number))
  const missing = forgotten
  forgotten = 0
  const outcomes = entries.map((entry, index) => {
    const attempt = (attempts.get(entry.entryId) ?? 0) + 1
    attempts.set(entry.entryId, attempt)
    return judge(entry, { index, size: entries.length, attempt })
  })
  return outcomes.slice(missing)
}

const keepKind =
  (kind: string) =>
  ({ entries }: { entries: Entry[] }) =>
    void kindBatches[kind]?.push(...entries.map(({ data }) => data.number))

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(dapr({ appToken }))
    .use(
      subscribeBulk(numbers, handle, {
        ...all,
        deadLetterTopic: letters,
        onDrop: ({ data }, reason) => void dropped.push({ data, reason }),
      }),
    )
    .use(subscribe(letters, letterBox.keep))
    .use(subscribeBulk(kinds, keepKind('default'), all))
    .use(subscribeBulk(kinds, keepKind('even'), { ...all, match: 'event.type == "even"' }))
    .use(subscribeBulk(kinds, keepKind('odd'), { ...all, match: 'event.type == "odd"' }))
    .use(
      subscribeBulk(raw, ({ entries }) => void rawSeen.push(...entries.map(({ data }) => data)), {
        ...all,
        raw: true,
        deadLetterTopic: rawLetters,
      }),
    )
    .use(subscribe(rawLetters, rawBox.keep, { raw: true }))
    .use(
      subscribeBulk(
        slow,
        async ({ signal }) => {
          slowAttempts += 1
          if (slowAttempts > 1) return
          await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        },
        { ...all, timeout: 100 },
      ),
    )

let broker: Broker
let sidecar: Daprd

beforeAll(async () => {
  broker = await startBroker({ ackWaitSeconds: 600 })
  sidecar = await daprd({ app, resources: [broker.component('pubsub'), retries(3)] })
  // A new subscriber gets what is published once the broker knows it, and nothing tells when that is.
  await eventually(async () => {
    await publish(sidecar, numbers, { number: -1 })
    for (const target of [kinds, raw]) await publish(sidecar, target, { number: -1 }, { raw: target === raw })
    const known = batches.length > 0 && kindBatches.default?.length && rawSeen.length > 0
    return known || undefined
  })
}, 120_000)

afterAll(async () => {
  await sidecar?.[Symbol.asyncDispose]()
  await broker?.[Symbol.asyncDispose]()
})

beforeEach(() => {
  batches = []
  dropped = []
  judge = () => undefined
})

/** Numbers that no other test has. */
let next = 0
const some = (count: number) => Array.from({ length: count }, () => next++)

/** They come in any order, and in few bulks. */
const send = (sent: number[]) =>
  publishBulk(
    sidecar,
    numbers,
    sent.map(number => ({ data: { number } })),
  )

const seen = (number: number) => batches.flat().filter(other => other === number).length
const letter = (number: number) =>
  letterBox.find(numbers, ({ data }) => (data as { number?: number }).number === number)

describe('a bulk', () => {
  test('has many entries, which are acknowledged together', async () => {
    const sent = some(10)
    await send(sent)
    await eventually(() => (sent.every(number => seen(number) === 1) ? true : undefined))
    expect(Math.max(...batches.map(({ length }) => length))).toBeGreaterThan(1)
  })

  test('of which some fail comes again with those alone', async () => {
    const sent = some(10)
    const failing = sent.filter(number => number % 3 === 0)
    judge = ({ data: { number } }, { attempt }) =>
      failing.includes(number) && attempt < 3 ? retry('not yet') : undefined
    await send(sent)
    await eventually(() => (failing.every(number => seen(number) === 3) ? true : undefined))
    expect(sent.filter(number => !failing.includes(number)).map(seen)).not.toContain(2)
  })

  test.each([
    ['an error', new Error('not yet')],
    // daprd takes a 404 for done with: the whole bulk would be lost.
    ['an error that stands for a 404', Object.assign(new Error('no such order'), { status: 404 })],
  ])('whose handler throws %s comes again as a whole', async (_, error) => {
    let thrown = 0
    judge = () => {
      thrown += 1
      if (thrown === 1) throw error
      return undefined
    }
    const sent = some(4)
    await send(sent)
    await eventually(() => (sent.every(number => seen(number) > 0) ? true : undefined))
    await eventually(() => batches.slice(1).find(batch => Bun.deepEquals(batch, batches[0])))
  })

  test('that has fewer outcomes than entries comes again: nobody can tell whose they are', async () => {
    forgotten = 1
    const sent = some(4)
    await send(sent)
    await eventually(() => (sent.every(number => seen(number) > 0) ? true : undefined))
    await eventually(() => batches.slice(1).find(batch => Bun.deepEquals(batch, batches[0])))
  })
})

describe('an entry', () => {
  test('that is dropped becomes a dead letter; the handler gets it once, and its neighbours too', async () => {
    const sent = some(6)
    const [bad = 0] = sent
    judge = ({ data: { number } }) => (number === bad ? drop('bad') : undefined)
    await send(sent)
    expect((await letter(bad)).data).toEqual({ number: bad })
    await eventually(() => (sent.every(number => seen(number) > 0) ? true : undefined))
    expect(sent.map(seen)).toEqual(sent.map(() => 1))
    expect(dropped).toEqual([{ data: { number: bad }, reason: 'bad' }])
  })

  test('that is dropped after a retry becomes a dead letter: daprd itself would end', async () => {
    const sent = some(6)
    // The last of a batch, which daprd would look for behind the end of what it delivers the second time.
    judge = (_, { index, size, attempt }) => {
      if (attempt === 2) return drop('bad')
      return index === size - 1 && size > 1 ? retry('not yet') : undefined
    }
    await send(sent)
    await eventually(() => (dropped.length > 0 ? true : undefined))
    for (const { data } of dropped) await letter((data as { number: number }).number)
    await eventually(() => (sent.every(number => seen(number) > 0) ? true : undefined))
    expect(sidecar.log()).not.toContain('panic:')
  })

  test('that does not fit becomes a dead letter, and the handler does not get it', async () => {
    const good = next++
    await publishBulk(sidecar, anything, [{ data: { number: good } }, { data: { number: 'many' } }])
    await letterBox.find(numbers, ({ data }) => Bun.deepEquals(data, { number: 'many' }))
    await eventually(() => (seen(good) === 1 ? true : undefined))
    expect(dropped).toEqual([{ data: { number: 'many' }, reason: 'data/number: Expected integer' }])
  })

  test('whose retries are used up becomes a dead letter', async () => {
    const [number = 0] = some(1)
    judge = ({ data }) => (data.number === number ? retry('never') : undefined)
    await send([number])
    await letter(number)
    expect(seen(number)).toBe(4)
  })

  test('comes by the first rule that matches', async () => {
    const entries = ['even', 'odd', 'other', 'even', 'odd'].map((type, number) => ({
      type,
      data: { number },
    }))
    await publishBulk(sidecar, kinds, entries)
    await eventually(() => {
      const { even, odd, default: rest } = kindBatches
      return even?.length === 2 && odd?.length === 2 && rest?.includes(2) ? true : undefined
    })
    expect(kindBatches.even?.sort()).toEqual([0, 3])
    expect(kindBatches.odd?.sort()).toEqual([1, 4])
  })

  test('of a raw topic has its bytes as the topic wants them; what does not fit becomes a raw dead letter', async () => {
    const data = [{ number: 7 }, { number: 'seven' as unknown as number }]
    await publishBulk(
      sidecar,
      raw,
      data.map(data => ({ data })),
      { raw: true },
    )
    await eventually(() => rawSeen.find(one => Bun.deepEquals(one, { number: 7 })))
    expect((await rawBox.find(rawLetters)).data).toEqual({ number: 'seven' })
  })
})

test('a bulk that is not handled in time comes again', async () => {
  await eventually(async () => {
    if (slowAttempts === 0) await publish(sidecar, slow, 1)
    return slowAttempts > 1 || undefined
  })
})

test('with a broker that gives one at a time a bulk has one entry', async () => {
  const sizes: number[] = []
  await using other = await daprd({
    app: ({ appToken }) =>
      new Elysia()
        .use(dapr({ appToken }))
        .use(subscribeBulk(numbers, ({ entries }) => void sizes.push(entries.length), { maxAwait: 50 })),
    resources: [component('pubsub', 'pubsub.in-memory')],
  })
  await publishBulk(other, numbers, [{ data: { number: 1 } }, { data: { number: 2 } }])
  await eventually(() => (sizes.length === 2 ? true : undefined))
  expect(sizes).toEqual([1, 1])
})
