import { expect, test } from 'bun:test'
import { runBenchmarks } from './bench.ts'
import type { Benchmark, Side } from './benchmark.ts'
import { runBenchmark } from './run.ts'

const never = new AbortController().signal

function fake(overrides: Partial<Benchmark> = {}): Benchmark {
  return {
    name: 'fake',
    about: 'Nothing',
    unit: 'things',
    better: 'more',
    target: null,
    slices: 2,
    prepare: () => side => (side === 'ours' ? 30 : 10),
    ...overrides,
  }
}

test('the sides take turns, and every round is ended before the next begins', async () => {
  const told: string[] = []
  const prepare: Benchmark['prepare'] = ({ round, slice }) => {
    told.push('begins')
    round.defer(() => void told.push('ends'))
    return side => {
      told.push(side)
      return slice
    }
  }
  const { result } = await runBenchmark(fake({ prepare }), { rounds: 2, seconds: 3, signal: never })
  const round = (...sides: Side[]) => ['begins', ...sides, 'ends']
  expect(told).toEqual([...round('ours', 'peer', 'peer', 'ours'), ...round('peer', 'ours', 'ours', 'peer')])
  expect(result.ours).toBe(1.5)
})

test('the ratio is that of neighbours, whatever the machine does over time', async () => {
  let speed = 1
  const prepare: Benchmark['prepare'] = () => {
    speed *= 3
    return side => (side === 'ours' ? 4 * speed : 2 * speed)
  }
  const { result, spread } = await runBenchmark(fake({ prepare, slices: 1 }), {
    rounds: 5,
    seconds: 1,
    signal: never,
  })
  expect(result).toMatchObject({ ours: 108, peer: 54, ratio: 2 })
  expect(spread.ratio).toBe(0)
  expect(spread.ours).toBeGreaterThan(1)
})

test.each([
  { better: 'more', target: null, ratio: 3, ok: true },
  { better: 'more', target: 3, ratio: 3, ok: true },
  { better: 'more', target: 3.1, ratio: 3, ok: false },
  { better: 'less', target: 1, ratio: 0.3333, ok: false },
] as const)(
  'less or more is better, and a target may be there: %p',
  async ({ better, target, ratio, ok }) => {
    const { result } = await runBenchmark(fake({ better, target }), { rounds: 1, seconds: 1, signal: never })
    expect(result).toEqual({ name: 'fake', ours: 30, peer: 10, unit: 'things', ratio, target, ok })
  },
)

test.each([
  { better: 'more', goal: 30, ratio: 1, target: 1, ok: true },
  { better: 'more', goal: 31, ratio: 0.9677, target: 1, ok: false },
  { better: 'less', goal: 60, ratio: 2, target: 1, ok: true },
  { better: 'less', goal: 15, ratio: 0.5, target: 1, ok: false },
  { better: 'more', goal: undefined, ratio: null, target: null, ok: true },
] as const)('one that is alone has its goal as the measure: %p', async ({ goal, better, ...expected }) => {
  const told: Side[] = []
  const prepare: Benchmark['prepare'] = () => side => {
    told.push(side)
    return 30
  }
  const alone = fake({ alone: true, better, prepare, ...(goal && { goal }) })
  const { result } = await runBenchmark(alone, { rounds: 2, seconds: 1, signal: never })
  expect(result).toEqual({
    name: 'fake',
    ours: 30,
    peer: null,
    unit: 'things',
    ...expected,
    ...(goal && { goal }),
  })
  expect(new Set(told)).toEqual(new Set(['ours']))
})

test('beside a peer a goal has to be reached too', async () => {
  const run = (goal: number) =>
    runBenchmark(fake({ goal, target: 3 }), { rounds: 1, seconds: 1, signal: never })
  expect((await run(30)).result).toMatchObject({ ratio: 3, target: 3, goal: 30, ok: true })
  expect((await run(31)).result).toMatchObject({ ratio: 3, ok: false })
})

test('the percentiles are those of all times of all slices', async () => {
  let slices = 0
  const prepare: Benchmark['prepare'] = () => side => {
    if (side === 'peer') return { value: 10, times: [7] }
    slices += 1
    return { value: 30, times: Array.from({ length: 50 }, (_, index) => slices * 50 + index) }
  }
  const { result } = await runBenchmark(fake({ prepare }), { rounds: 1, seconds: 1, signal: never })
  expect(result).toMatchObject({ ours: 30, p50: 99.5, p99: 148, peerP50: 7, peerP99: 7 })
})

test('an interrupted round is ended', async () => {
  const interrupt = new AbortController()
  const told: string[] = []
  const prepare: Benchmark['prepare'] = ({ round }) => {
    round.defer(() => void told.push('ends'))
    return side => {
      told.push(side)
      interrupt.abort(new Error('interrupted'))
      return 1
    }
  }
  const run = runBenchmark(fake({ prepare }), { rounds: 2, seconds: 1, signal: interrupt.signal })
  await expect(run).rejects.toThrow('interrupted')
  expect(told).toEqual(['ours', 'ends'])
})

async function runAll(benchmarks: Benchmark[], json = true) {
  const said: string[] = []
  const warned: string[] = []
  const isGood = await runBenchmarks(benchmarks, {
    rounds: undefined,
    seconds: 1,
    json,
    signal: never,
    progress: { at: () => undefined, clear: () => undefined },
    say: line => said.push(line),
    warn: line => warned.push(line),
  })
  return { isGood, said, warned }
}

test('a missed target is told, and is no success', async () => {
  const { isGood, said } = await runAll([fake(), fake({ name: 'slow', target: 4 })], false)
  expect(isGood).toBe(false)
  expect(said.join('\n')).toMatch(/^slow +30 ±0% +10 ±0% +things +3 ±0% +≥ 4 +MISSED$/m)
})

test('what has no peer has no place for one in the table, but its times', async () => {
  const prepare = () => () => ({ value: 30, times: [2, 4] })
  const { isGood, said } = await runAll([fake({ alone: true, better: 'less', goal: 20, prepare })], false)
  expect(isGood).toBe(false)
  expect(said.join('\n')).toMatch(
    /^fake +30 ±0% +– +things +0.6667 ±0% +≤ 20 things +MISSED +median 3 ms, p99 4 ms$/m,
  )
})

test('one that cannot be measured does not keep the others from it, and is no success', async () => {
  const broken = fake({
    name: 'broken',
    prepare: () => {
      throw new Error('no daprd')
    },
  })
  const { isGood, said, warned } = await runAll([broken, fake()])
  expect(isGood).toBe(false)
  expect(warned).toEqual(['broken failed: no daprd'])
  expect(said.map(line => JSON.parse(line).name)).toEqual(['fake'])
  expect((await runAll([fake()])).isGood).toBe(true)
})
