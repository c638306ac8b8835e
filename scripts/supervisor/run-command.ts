import { InstallError } from '../../dapr/install/errors.ts'
import { TopologyError } from '../topology/problem.ts'
import { assertKnownOptions, type Invocation } from './known-options.ts'
import { ShopError } from './shop-error.ts'

/** Runs a command to its end: what a person can mend is shown as one message, anything else with its stack. */
export async function runCommand(invocation: Invocation, body: () => Promise<void>): Promise<never> {
  // whoever reads our output may go away first; that ends no shop
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  try {
    assertKnownOptions(invocation)
    await body()
    process.exit(0)
  } catch (error) {
    const forPeople = [ShopError, InstallError, TopologyError].some(kind => error instanceof kind)
    process.stderr.write(`${forPeople ? (error as Error).message : Bun.inspect(error)}\n`)
    process.exit(1)
  }
}
