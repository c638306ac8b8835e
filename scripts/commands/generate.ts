import { defineCommand } from 'citty'
import { loadTopology } from '../topology/load.ts'
import { renderOutputs } from '../topology/outputs.ts'
import { applyChanges, findChanges } from '../topology/write.ts'

export default defineCommand({
  meta: {
    name: 'generate',
    description:
      'Render dapr.yaml, access control, OpenAPI, AsyncAPI and more from service.yaml files and contracts',
  },
  args: {
    check: { type: 'boolean', description: 'Change nothing; list what is stale and exit 1 if anything is' },
  },
  async run({ args }) {
    process.exitCode = await generate(args.check ?? false)
  },
})

async function generate(checkOnly: boolean): Promise<number> {
  const outputs = await renderOutputs(await loadTopology())
  const changes = await findChanges(outputs)
  if (changes.length === 0) {
    console.log(`${outputs.size} generated files are current.`)
    return 0
  }
  for (const { path, kind } of changes) console.log(`${kind.padEnd(8)} ${path}`)
  if (checkOnly) {
    console.error(`${changes.length} stale. Run 'bun run generate' and commit the result.`)
    return 1
  }
  await applyChanges(changes, outputs)
  return 0
}
