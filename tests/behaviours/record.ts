// Writes down what is seen now, and puts it into the README: bun tests/behaviours/record.ts
import { compare, groups } from './compare.ts'
import { readmeFile, resultsFile, tableOf, withTable } from './results.ts'

const results = await compare()
await Bun.write(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
const readme = withTable(await Bun.file(readmeFile).text(), tableOf(groups, results))
if (readme === undefined) throw new Error(`${readmeFile} has no marks to put the table between`)
await Bun.write(readmeFile, readme)
