import { type CommandDef, defineCommand, showUsage } from 'citty'
import { runCommand } from './run-command.ts'

const commands = [
  'start',
  'dev',
  'infra',
  'stop',
  'reset',
  'logs',
  'doctor',
  'demo',
  'bench',
  'generate',
  'contracts',
  'migration',
  'deadletters',
  'projection',
  'check',
  'check:components',
  'check:k8s',
  'k8s:secrets',
  'affected',
  'images',
  'deploy',
  'test',
  'test:swap',
  'test:k8s',
] as const

/** What they print is all they are for: without a reader they end. */
const printing: readonly string[] = [
  'logs',
  'doctor',
  'demo',
  'bench',
  'check',
  'check:components',
  'check:k8s',
  'k8s:secrets',
  'affected',
  'images',
  'test',
  'test:swap',
  'test:k8s',
]

/** Loads only the command that was asked for: `bun run stop` must not pay for what `start` imports. */
export async function main([name = '', ...rawArgs]: string[]): Promise<void> {
  const shop = defineCommand({
    meta: { name: 'bun run', description: 'Elysia services beside Dapr sidecars' },
    subCommands: Object.fromEntries(commands.map(command => [command, () => load(command)])),
  })
  const known = commands.find(command => command === name)
  if (!known) {
    await showUsage(shop)
    process.exitCode = name === '' || name === '--help' ? 0 : 1
    return
  }
  const command = await load(known)
  if (rawArgs.includes('--help') || rawArgs.includes('-h')) await showUsage(command, shop)
  else await runCommand(command, rawArgs, { outlivesReader: !printing.includes(known) })
}

async function load(name: (typeof commands)[number]): Promise<CommandDef> {
  return (await import(`./commands/${name.replace(':', '-')}.ts`)).default
}
