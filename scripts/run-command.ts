import { type ArgsDef, type CommandDef, runCommand as run } from 'citty'
import { InstallError } from '../dapr/install/errors.ts'
import { assertKnownOptions } from './known-options.ts'
import { ShopError } from './supervisor/shop-error.ts'
import { TopologyError } from './topology/problem.ts'

export interface RunCommandOptions {
  /** For a command that does more than print: it goes on when nobody reads its output any more. */
  outlivesReader: boolean
}

/** Runs a command to its end: what a person can mend is shown as one message, anything else with its stack. */
export async function runCommand(
  command: CommandDef,
  rawArgs: string[],
  { outlivesReader }: RunCommandOptions,
): Promise<never> {
  process.stdout.on('error', outlivesReader ? () => {} : end)
  process.stderr.on('error', () => {})
  try {
    assertKnownOptions((command.args ?? {}) as ArgsDef, rawArgs)
    await run(command, { rawArgs })
  } catch (error) {
    const forPeople = [ShopError, InstallError, TopologyError].some(kind => error instanceof kind)
    process.stderr.write(`${forPeople ? (error as Error).message : Bun.inspect(error)}\n`)
    process.exitCode = 1
  }
  await Promise.all([close(process.stdout), close(process.stderr)])
  process.exit(process.exitCode ?? 0)
}

/** As `logs --follow | head -1` wants it. A command that cleans up after SIGTERM does so here too. */
function end(): void {
  if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM')
  else process.exit(0)
}

/** Waits until a pipe has taken everything: process.exit drops what it has not. */
async function close(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>(written => stream.end(() => written()))
}
