import { type ArgsDef, type CommandDef, runCommand as run } from 'citty'
import { InstallError } from '../dapr/install/errors.ts'
import { assertKnownOptions } from './known-options.ts'
import { ShopError } from './supervisor/shop-error.ts'
import { TopologyError } from './topology/problem.ts'

/** Runs a command to its end: what a person can mend is shown as one message, anything else with its stack. */
export async function runCommand(command: CommandDef, rawArgs: string[]): Promise<never> {
  // whoever reads our output may go away first; that ends no shop
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  try {
    assertKnownOptions((command.args ?? {}) as ArgsDef, rawArgs)
    await run(command, { rawArgs })
    process.exit(process.exitCode ?? 0)
  } catch (error) {
    const forPeople = [ShopError, InstallError, TopologyError].some(kind => error instanceof kind)
    process.stderr.write(`${forPeople ? (error as Error).message : Bun.inspect(error)}\n`)
    process.exit(1)
  }
}
