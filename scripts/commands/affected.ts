import { defineCommand } from 'citty'
import { type Affected, affectedBy, allServices } from '../affected/affected.ts'
import { changedFiles } from '../affected/changed-files.ts'

export default defineCommand({
  meta: {
    name: 'affected',
    description: 'Which services have to be built anew after a change, and because of which files',
  },
  args: {
    since: {
      type: 'string',
      valueHint: 'REF',
      default: 'main',
      description: 'The branch or commit to compare with, from where this branch left it',
    },
    all: { type: 'boolean', description: 'Every service, whatever has changed' },
    json: { type: 'boolean', description: 'Print JSON: services, and the files of the configuration' },
  },
  async run({ args }) {
    const affected = args.all ? await allServices() : await affectedBy(await changedFiles(args.since))
    console.log(args.json ? JSON.stringify(affected) : inWords(affected))
  },
})

function inWords({ services, configuration }: Affected): string {
  const rows = services.map(({ name, because }) => `${name.padEnd(14)} ${filesInWords(because)}`.trimEnd())
  if (configuration.length > 0) rows.push(`${'configuration'.padEnd(14)} ${filesInWords(configuration)}`)
  return rows.length === 0 ? 'nothing' : rows.join('\n')
}

function filesInWords(files: readonly string[]): string {
  const shown = files.slice(0, 3).join(', ')
  return files.length > 3 ? `${shown} and ${files.length - 3} more` : shown
}
