import { expect, test } from 'bun:test'
import { type Shop, ShopNotReady } from '../shop/shop.ts'
import type { Outcome, Row } from './row.ts'
import { runSet } from './run-set.ts'

/** A shop that is not there: it only ends when it is told to. */
function fakeShop() {
  const ended = Promise.withResolvers<number>()
  let disposed = 0
  const shop = {
    starter: { exited: ended.promise },
    processes: () => [],
    output: () => 'ready\norders keeps dying\n',
    instance: { runDir: '/nowhere' },
    home: '/nowhere',
    async [Symbol.asyncDispose]() {
      disposed++
    },
  } as unknown as Shop
  return { shop, end: ended.resolve, disposed: () => disposed }
}

const good: Row = { id: 'good', title: 'good', run: async () => ({ words: '7 s', values: { seconds: 7 } }) }
const bad: Row = {
  id: 'bad',
  title: 'bad',
  async run() {
    throw new Error('order 3 is\n  lost')
  },
}

async function run(
  rows: Row[],
  start: () => Promise<Shop>,
  signal = new AbortController().signal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const onOutcome = (outcome: Outcome) => outcomes.push(outcome)
  await runSet('a-set', { rows, signal, start, onStep: () => undefined, onOutcome })
  return outcomes
}

test('each row has its outcome; one that fails does not stop the next', async () => {
  const { shop, disposed } = fakeShop()
  const outcomes = await run([bad, good], async () => shop)
  expect(outcomes).toMatchObject([
    { set: 'a-set', row: 'start', ok: true },
    { row: 'bad', ok: false, seen: 'order 3 is lost' },
    { row: 'good', ok: true, seen: '7 s', values: { seconds: 7 } },
    { row: 'end', ok: true, seen: '✓' },
  ])
  expect(disposed()).toBe(1)
})

test('a shop that does not start is one failure, with what it said last', async () => {
  const start = () =>
    Promise.reject(new ShopNotReady({ output: 'Ports\nThe broker refuses the password.\n', exitCode: 1 }))
  expect(await run([good], start)).toMatchObject([
    { row: 'start', ok: false, seen: 'Ports The broker refuses the password. (exit 1)' },
  ])
})

test('a row that takes too long fails', async () => {
  const slow: Row = { id: 'slow', title: '', limit: 0.05, run: () => new Promise(() => undefined) }
  const outcomes = await run([slow, good], async () => fakeShop().shop)
  expect(outcomes.map(({ row, ok }) => [row, ok])).toEqual([
    ['start', true],
    ['slow', false],
    ['good', true],
    ['end', true],
  ])
  expect(outcomes[1]?.seen).toBe('not done after 0.05 s')
})

test('once the shop has ended, the rows that are left fail with its last words', async () => {
  const { shop, end } = fakeShop()
  const killing: Row = {
    id: 'killing',
    title: '',
    run() {
      end(1)
      return new Promise(() => undefined)
    },
  }
  const outcomes = await run([killing, good], async () => shop)
  const seen = 'the shop has ended (exit 1): orders keeps dying'
  expect(outcomes.slice(1, 3)).toMatchObject([
    { row: 'killing', ok: false, seen },
    { row: 'good', ok: false, seen },
  ])
})

test('what is left behind is a failure', async () => {
  const { shop } = fakeShop()
  shop[Symbol.asyncDispose] = () => Promise.reject(new Error('processes left behind: 42'))
  expect((await run([good], async () => shop)).at(-1)).toMatchObject({
    ...{ row: 'end', ok: false, seen: 'processes left behind: 42' },
  })
})

test('an interrupt ends the row, takes the shop down and is thrown', async () => {
  const { shop, disposed } = fakeShop()
  const interrupt = new AbortController()
  const interrupted: Row = {
    id: 'long',
    title: '',
    run() {
      interrupt.abort(new Error('interrupted by SIGINT'))
      return new Promise(() => undefined)
    },
  }
  await expect(run([interrupted, good], async () => shop, interrupt.signal)).rejects.toThrow('SIGINT')
  expect(disposed()).toBe(1)
})
