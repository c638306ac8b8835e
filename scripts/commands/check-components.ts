import { defineCommand } from 'citty'
import { checkComponents } from '../check/components/check-components.ts'
import { toFinding } from '../check/components/set-finding.ts'
import { formatFinding } from '../check/finding.ts'
import { componentSets } from '../component-sets.ts'

export default defineCommand({
  meta: {
    name: 'check:components',
    description:
      'Whether component sets have all that the services need, spelt as the pinned Dapr reads it, and no setting that loses data. ' +
      'Starts nothing. Exit 1 if something is wrong',
  },
  args: {
    set: {
      type: 'positional',
      description:
        'Name of a folder below components, or a path such as ./my-set; several may be named. Default: all below components',
      required: false,
    },
    json: { type: 'boolean', description: 'Print the findings as JSON' },
  },
  async run({ args }) {
    process.exitCode = await run(args._, args.json ?? false)
  },
})

async function run(named: readonly string[], json: boolean, root = process.cwd()): Promise<number> {
  const sets = named.length > 0 ? [...new Set(named)] : componentSets(root)
  const results = await Promise.all(
    sets.map(async set => ({ set, findings: await checkComponents(root, set) })),
  )
  const count = results.reduce((sum, { findings }) => sum + findings.length, 0)
  if (json) console.log(JSON.stringify({ ok: count === 0, sets: results }, null, 2))
  else {
    for (const { set, findings } of results) {
      console.log(`${set.padEnd(22)} ${findings.length === 0 ? 'ok' : `${findings.length} wrong`}`)
      for (const each of findings) console.log(formatFinding(toFinding(each)))
    }
  }
  return count === 0 ? 0 : 1
}
