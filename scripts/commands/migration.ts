import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'

export default defineCommand({
  meta: {
    name: 'migration',
    description: "Write the migration that brings a service's database to its schema.ts",
  },
  args: {
    service: { type: 'positional', description: 'Name of the service, such as orders', required: true },
    name: {
      type: 'positional',
      description: 'What the migration does, such as add-discount',
      required: true,
    },
  },
  async run({ args }) {
    const config = join('services', args.service, 'drizzle.config.ts')
    if (!existsSync(config)) {
      const others = readdirSync('services').filter(name =>
        existsSync(join('services', name, 'drizzle.config.ts')),
      )
      console.error(
        `${args.service} has no database (no ${config}). Services that have one: ${others.join(', ')}.`,
      )
      process.exitCode = 1
      return
    }
    const child = Bun.spawn(
      [
        process.execPath,
        'node_modules/.bin/drizzle-kit',
        'generate',
        '--config',
        config,
        '--name',
        args.name,
      ],
      { stdio: ['inherit', 'inherit', 'inherit'] },
    )
    process.exitCode = await child.exited
  },
})
