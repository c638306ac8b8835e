import type { Benchmark, Side } from './lib/benchmark.ts'
import type { BrokerName } from './lib/brokers.ts'
import { missingRedis } from './lib/missing.ts'
import { lag, published, startLines, throughput } from './lib/relay.ts'

interface Broker {
  name: BrokerName
  called: string
  missing?: () => string | undefined
  /** Events of one measurement with `--seconds 1`: as many as take some seconds. */
  events: Record<Side, number>
  /** Events a second that Dapr's outbox takes without falling behind; none: the lag is not measured. */
  light?: number
}

const brokers: Broker[] = [
  { name: 'embedded', called: 'the embedded broker', events: { ours: 10_000, peer: 4_000 }, light: 50 },
  {
    name: 'redis',
    called: 'Redis',
    missing: missingRedis,
    events: { ours: 10_000, peer: 100 },
    // it takes ten in all
    light: 5,
  },
  {
    name: 'redis-tuned',
    called: 'Redis with 100 workers instead of 10 in each sidecar',
    missing: missingRedis,
    events: { ours: 10_000, peer: 1_000 },
  },
]

/** How long the steady load lasts with `--seconds 1`. */
const steadySeconds = 8

export default brokers.flatMap(({ name, called, missing, events, light }) => {
  const common = { rounds: 2, slices: 1, ...(missing && { missing }) }
  const delivered = {
    ...common,
    name: `relay-${name}`,
    about: `Events from the outbox on SQLite through ${called} to a consumer behind a second sidecar, against Dapr's outbox of state.sqlite`,
    unit: 'events/s',
    better: 'more',
    target: 3,
    async prepare(setting) {
      const lines = await startLines(name, setting)
      const measure = async (side: Side, seconds: number) =>
        throughput(await lines[side].run({ count: Math.ceil(events[side] * seconds) }))
      for (const side of ['ours', 'peer'] as const) await measure(side, setting.seconds / 5)
      return side => measure(side, setting.slice)
    },
  } satisfies Benchmark
  if (light === undefined) return [delivered]
  return [
    delivered,
    {
      ...common,
      name: `relay-${name}-published`,
      about: `Events from the outbox on SQLite until ${called} has acknowledged them and that is noted`,
      unit: 'events/s',
      better: 'more',
      target: null,
      alone: true,
      async prepare(setting) {
        const { ours } = await startLines(name, setting)
        const measure = async (seconds: number) =>
          published(await ours.run({ count: Math.ceil(events.ours * seconds) }))
        await measure(setting.seconds / 5)
        return () => measure(setting.slice)
      },
    },
    {
      ...common,
      name: `relay-${name}-lag`,
      about: `From the commit to the consumer behind a second sidecar through ${called}, ${light} events a second, against Dapr's outbox of state.sqlite`,
      unit: 'ms',
      better: 'less',
      target: null,
      goal: 50,
      async prepare(setting) {
        const lines = await startLines(name, setting)
        const measure = async (side: Side, seconds: number) =>
          lag(await lines[side].run({ count: Math.ceil(light * steadySeconds * seconds), rate: light }))
        for (const side of ['ours', 'peer'] as const) await measure(side, setting.seconds / 5)
        return side => measure(side, setting.slice)
      },
    },
  ] satisfies Benchmark[]
})
