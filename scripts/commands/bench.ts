import { defineCommand } from 'citty'
import { benchmarks } from '../../benchmarks/all.ts'
import { runBenchmarks } from '../../benchmarks/lib/bench.ts'
import type { Benchmark } from '../../benchmarks/lib/benchmark.ts'
import { chooseBenchmarks, UnknownBenchmarkError } from '../../benchmarks/lib/choose.ts'
import { loadWarning } from '../../benchmarks/lib/load-average.ts'
import { startProgress } from '../../benchmarks/lib/progress.ts'
import { renderList } from '../../benchmarks/lib/table.ts'
import { say } from '../supervisor/logs/say.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { untilInterrupted } from '../until-interrupted.ts'

export default defineCommand({
  meta: {
    name: 'bench',
    description:
      'Compare elysia-dapr with @dapr/dapr, and the shop with what Dapr has for the same, in turns within one run. More ' +
      'of the ratio is better: 2 is twice as fast, or half of the time, memory or size. Exit 1 when a target is missed',
  },
  args: {
    name: {
      type: 'positional',
      required: false,
      valueHint: 'NAME…',
      description:
        'Which benchmarks, of those that --list shows, or a group of them: sidecar. Default: all but that group',
    },
    list: { type: 'boolean', description: 'Show the benchmarks, and run none' },
    json: { type: 'boolean', description: 'Print one JSON object a line instead of a table' },
    rounds: {
      type: 'string',
      valueHint: 'N',
      description:
        'Rounds of each benchmark, all with fresh processes. Default: 4, 11 for the imports, 2 for the relay and the shop',
    },
    seconds: {
      type: 'string',
      valueHint: 'S',
      default: '1',
      description:
        'How long each side is measured in a round, after warming up; the relay and the shop are given more or fewer events',
    },
  },
  async run({ args }) {
    if (args.list) return say(renderList(benchmarks))
    const chosen = choose(args._)
    const rounds = args.rounds === undefined ? undefined : positive('rounds', args.rounds)
    if (!Number.isInteger(rounds ?? 1)) throw new ShopError(`--rounds ${args.rounds} is not a whole number.`)
    const seconds = positive('seconds', args.seconds)
    const json = args.json ?? false
    const warning = loadWarning()
    if (warning) warn(warning)
    const interrupt = untilInterrupted()
    try {
      const progress = startProgress(chosen.length)
      const options = { rounds, seconds, json, signal: interrupt.signal, progress, say, warn }
      if (!(await runBenchmarks(chosen, options))) process.exitCode = 1
    } catch (error) {
      if (!interrupt.signal.aborted) throw error
      process.exitCode = interrupt.exitCode()
    }
    // Once more below the results, where it is seen.
    if (warning && !json) warn(`\n${warning}`)
  },
})

function choose(names: string[]): readonly Benchmark[] {
  try {
    const chosen = chooseBenchmarks(benchmarks, names)
    return chosen.filter(({ name, missing, onlyNamed }) => {
      if (onlyNamed !== undefined && names.length === 0) {
        warn(`${name} is left out: it ${onlyNamed}. Name it to run it.`)
        return false
      }
      const reason = missing?.()
      if (reason === undefined) return true
      if (names.length > 0) throw new ShopError(`${name} ${reason}.`)
      warn(`${name} is left out: it ${reason}.`)
      return false
    })
  } catch (error) {
    throw error instanceof UnknownBenchmarkError ? new ShopError(error.message) : error
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new ShopError(`--${name} ${text} is not a number above 0.`)
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`)
}
