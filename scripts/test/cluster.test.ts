import { expect, test } from 'bun:test'
import { runClusterLayer, variable } from './cluster.ts'
import { addTally, emptyTally } from './tally.ts'

async function layer(command: string | undefined, signal = new AbortController().signal) {
  const total = emptyTally()
  const written: string[] = []
  await runClusterLayer({
    command,
    signal,
    add: tally => addTally(total, tally),
    write: line => written.push(line),
  })
  return { total, written }
}

const passes = JSON.stringify({ set: 'kubernetes', row: 'one', ok: true, seen: '✓', seconds: 1 })
const fails = JSON.stringify({ set: 'kubernetes', row: 'two', ok: false, seen: 'lost', seconds: 1 })

test('each row is one test, whatever else is said', async () => {
  const { total, written } = await layer(`echo building >&2; echo '${passes}'; echo '${fails}'; exit 1`)
  expect(total).toEqual({ passed: 1, failed: ['cluster: two: lost'], skipped: [] })
  expect(written).toEqual(['  building'])
})

test('one that ends before its rows has failed, with its last words', async () => {
  const { total } = await layer(`echo '${passes}'; echo 'no cluster answers' >&2; exit 3`)
  expect(total).toEqual({ passed: 1, failed: ['cluster: ended with 3: no cluster answers'], skipped: [] })
})

test('without a command it is skipped, with the reason', async () => {
  const { total } = await layer(undefined)
  expect(total.skipped).toEqual([{ name: 'cluster', reason: expect.stringContaining(variable) }])
})

test('an abort ends it, and lets it clean up', async () => {
  const abort = new AbortController()
  const script = `trap 'echo cleaned >&2; exit 0' TERM; echo begun >&2; while :; do sleep 0.05; done`
  const written: string[] = []
  const running = runClusterLayer({
    command: script,
    signal: abort.signal,
    add: () => {},
    write(line) {
      written.push(line)
      if (line.includes('begun')) abort.abort(new Error('interrupted'))
    },
  })
  await expect(running).rejects.toThrow('interrupted')
  expect([written[0], written.at(-1)]).toEqual(['  begun', '  cleaned'])
})
