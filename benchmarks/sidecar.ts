import type { Benchmark, Setting, Side } from './lib/benchmark.ts'
import { highest, memoryOf, missingProc, readAnew, settled } from './lib/resident-memory.ts'
import { obtainBroker, obtainKinds } from './lib/sidecar-kinds.ts'
import { type SidecarPair, startSidecarPair } from './lib/sidecar-pair.ts'

const common = {
  group: 'sidecar',
  onlyNamed: 'builds a second daprd, with every component, which takes ten minutes of a processor at first',
} as const

/** At most 0.65 of the peer's. */
const atMost65Percent = 1.54

async function startPairs({ signal, round }: Setting): Promise<Record<Side, SidecarPair>> {
  const kinds = await obtainKinds(signal)
  const options = { signal, round, broker: await obtainBroker(signal) }
  if (process.platform === 'linux') for (const { binary } of Object.values(kinds)) await readAnew(binary)
  return {
    ours: await startSidecarPair(kinds.ours, options),
    peer: await startSidecarPair(kinds.peer, options),
  }
}

/** The shop's daprd with the shop's settings, beside that of Dapr's release with Dapr's. */
export default [
  {
    ...common,
    name: 'sidecar-size',
    about: 'Size of the daprd that is built for the shop, against the one with every component',
    unit: 'MB',
    better: 'less',
    target: atMost65Percent,
    rounds: 1,
    slices: 1,
    async prepare({ signal }) {
      const kinds = await obtainKinds(signal)
      return side => Bun.file(kinds[side].binary).size / 1e6
    },
  },
  {
    ...common,
    name: 'sidecar-idle-memory',
    about: 'Resident memory of a sidecar that has started and does nothing',
    unit: 'MiB',
    better: 'less',
    target: atMost65Percent,
    slices: 1,
    missing: missingProc,
    async prepare(setting) {
      const pairs = await startPairs(setting)
      return async side => await settled(await memoryOf(pairs[side].caller), setting.signal)
    },
  },
  {
    ...common,
    name: 'sidecar-loaded-memory',
    about:
      'The most resident memory of a sidecar that invokes another, publishes, and reads and writes a state store, all at the same time',
    unit: 'MiB',
    better: 'less',
    target: atMost65Percent,
    missing: missingProc,
    async prepare(setting) {
      const pairs = await startPairs(setting)
      for (const side of ['ours', 'peer'] as const) await pairs[side].use(setting.seconds)
      return async side => await highest(await memoryOf(pairs[side].caller), pairs[side].use(setting.slice))
    },
  },
  {
    ...common,
    name: 'sidecar-invocations',
    about: 'Invoking a GET of an app through two sidecars, 16 calls at a time',
    unit: 'calls/s',
    better: 'more',
    target: 1.6,
    async prepare(setting) {
      const pairs = await startPairs(setting)
      for (const side of ['ours', 'peer'] as const) await pairs[side].invoke(setting.seconds)
      // each measurement opens its connections anew: longer ones differ less
      return side => pairs[side].invoke(4 * setting.slice)
    },
  },
] satisfies Benchmark[]
