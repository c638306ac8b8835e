import { defineCommand } from 'citty'
import { loadWarning } from '../../benchmarks/lib/load-average.ts'
import { chosenRows, rowIds } from '../../tests/swap/chosen-rows.ts'
import { startProgress } from '../../tests/swap/progress.ts'
import { record } from '../../tests/swap/results.ts'
import { runSets } from '../../tests/swap/run-sets.ts'
import { chooseSets } from '../../tests/swap/sets.ts'
import { groups, linesOf, table } from '../../tests/swap/suite.ts'
import { isGood, isRun, renderText, type SetResult } from '../../tests/swap/table.ts'
import { componentSets } from '../component-sets.ts'
import { say } from '../supervisor/logs/say.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { untilInterrupted } from '../until-interrupted.ts'

export default defineCommand({
  meta: {
    name: 'test:swap',
    description:
      'Run the whole shop on one set of components after the other, each from nothing and on ports of its own, with the ' +
      'same tests and measurements. Takes about four minutes for each. Exit 1 when one fails',
  },
  args: {
    set: {
      type: 'positional',
      required: false,
      valueHint: 'SET…',
      description: 'Folders below components. Default: all',
    },
    row: { type: 'string', valueHint: 'ID,…', description: 'These rows alone, by the ids that --json has' },
    json: {
      type: 'boolean',
      description: 'Print one JSON object a line, for each row of each set as it ends, instead of a table',
    },
    record: {
      type: 'boolean',
      description: 'Write what came out to tests/swap/results.json, and the table of the README',
    },
  },
  async run({ args }) {
    const root = process.cwd()
    const all = componentSets(root)
    const sets = chooseSets(all, args._)
    const only = rowIds(args.row)
    if (only && args.record) throw new ShopError('--record writes the whole table: leave out --row.')
    const chosen = chosenRows(groups, only)
    const lines = linesOf(chosen)
    const warning = loadWarning()
    if (warning) process.stderr.write(`${warning}\n`)
    const interrupt = untilInterrupted()
    const progress = startProgress(sets.length * lines.flatMap(({ rows }) => rows).length)
    let results: SetResult[]
    try {
      results = await runSets(sets, {
        root,
        rows: chosen.flatMap(({ rows }) => rows),
        signal: interrupt.signal,
        onStep: progress.step,
        onOutcome(outcome) {
          progress.done(outcome)
          if (args.json) say(JSON.stringify(outcome))
        },
        onMissing(set, missing) {
          progress.clear()
          if (args.json) say(JSON.stringify({ set, missing }))
        },
      })
    } catch (error) {
      if (!interrupt.signal.aborted) throw error
      process.exitCode = interrupt.exitCode()
      return
    } finally {
      progress.clear()
    }
    if (!args.json) say(renderText(lines, results))
    if (args.record) await record(root, table, { sets: all, runs: results.filter(isRun) })
    if (!isGood(results, { isCi: Boolean(process.env.CI) })) process.exitCode = 1
  },
})
