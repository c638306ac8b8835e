import { defineCommand, runMain } from 'citty'

const commands = [
  'start',
  'dev',
  'infra',
  'stop',
  'reset',
  'logs',
  'doctor',
  'demo',
  'generate',
  'migration',
  'check',
  'test',
] as const

/** Loads only the command that was asked for: `bun run stop` must not pay for what `start` imports. */
export async function main(argv: string[]): Promise<void> {
  const shop = defineCommand({
    meta: { name: 'bun run', description: 'Elysia services beside Dapr sidecars' },
    subCommands: Object.fromEntries(
      commands.map(name => [name, () => import(`./commands/${name}.ts`).then(module => module.default)]),
    ),
  })
  await runMain(shop, { rawArgs: argv })
}
