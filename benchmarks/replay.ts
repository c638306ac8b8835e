import { temporaryFolder } from 'elysia-dapr/testing'
import { askedProgram } from './lib/asked.ts'
import type { Benchmark } from './lib/benchmark.ts'

/** Of five events each. */
const orders = 20_000

export default {
  name: 'replay',
  about:
    'Replaying 100,000 events of 20,000 orders from SQLite into the read model of orders (with --seconds below 1 fewer, and what 100,000 would take)',
  unit: 's',
  better: 'less',
  target: null,
  goal: 5,
  alone: true,
  rounds: 2,
  slices: 2,
  async prepare(setting) {
    const folder = setting.round.use(await temporaryFolder())
    const few = Math.ceil(orders * Math.min(1, setting.seconds))
    return await askedProgram({ file: 'shop/replay.ts', args: [folder.path, few] }, setting)
  },
} satisfies Benchmark
