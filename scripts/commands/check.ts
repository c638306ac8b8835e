import { defineCommand } from 'citty'
import { checkLine, detailsOf, runChecks } from '../check/checks.ts'

export default defineCommand({
  meta: {
    name: 'check',
    description:
      'Types, lint and format, import boundaries, generated files, contracts, components, lockfile, versions: in seconds',
  },
  async run() {
    const results = await runChecks(result => console.log(checkLine(result)))
    const failed = results.filter(({ ok }) => !ok)
    process.stdout.write(detailsOf(results))
    if (failed.length > 0) console.error(`\n${failed.length} of ${results.length} checks failed.`)
    process.exitCode = failed.length > 0 ? 1 : 0
  },
})
