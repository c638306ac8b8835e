import { temporaryFolder } from 'elysia-dapr/testing'
import { askedProgram } from './lib/asked.ts'
import type { Benchmark, Setting } from './lib/benchmark.ts'

async function append(batch: number, inFlight: number, setting: Setting) {
  const folder = setting.round.use(await temporaryFolder())
  return await askedProgram({ file: 'shop/append.ts', args: [folder.path, batch, inFlight] }, setting)
}

const common = { unit: 'events/s', better: 'more', target: null, alone: true } as const

/** Every commit is on the disk when it returns. */
export default [
  {
    ...common,
    name: 'append',
    about: 'Appending to the event store on SQLite, 200 events in a commit; times: of a commit',
    goal: 10_000,
    prepare: setting => append(200, 1, setting),
  },
  {
    ...common,
    name: 'append-single',
    about: 'Appending to the event store on SQLite, one event in a commit; times: of a commit',
    prepare: setting => append(1, 1, setting),
  },
  {
    ...common,
    name: 'append-together',
    about: 'The commits of `append-single`, 16 at the same time',
    prepare: setting => append(1, 16, setting),
  },
] satisfies Benchmark[]
