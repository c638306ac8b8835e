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
