import { setTimeout as delay } from 'node:timers/promises'
import { isRunning } from '../../../dapr/install/process-identity.ts'
import { signal } from '../processes/drain.ts'
import { ShopError } from '../shop-error.ts'
import type { Instance } from './instance.ts'
import { runningStarter } from './run-record.ts'
import { takeOver } from './take-over.ts'

// above the longest orderly end: three stages of at most 15 s
const patience = 60_000

/**
 * Ends the shop of this instance, whoever started it, and says what it did. A starter that does not end in time is
 * killed, and what it leaves is ended too. `whileInCharge` runs before anybody can start the shop again.
 */
export async function stopShop(instance: Instance, whileInCharge: () => void = () => {}): Promise<string> {
  let stopped = await endStarter(instance)
  let charge = await takeOver(instance)
  await within(10_000, async () => {
    if (charge === undefined) {
      // one that has taken charge and not yet written itself down
      stopped = (await endStarter(instance)) || stopped
      charge = await takeOver(instance)
    }
    return charge !== undefined
  })
  if (charge === undefined) {
    throw new ShopError(
      "Another command is starting or ending this shop right now. Run 'bun run stop' again.",
    )
  }
  const { ended } = charge
  try {
    whileInCharge()
  } finally {
    charge.release()
  }
  if (ended.length > 0)
    return `stopped what a killed start had left: ${ended.map(({ name }) => name).join(', ')}`
  return stopped ? 'stopped; the data stays' : 'nothing is running'
}

/** False when none is running. */
async function endStarter({ runDir }: Instance): Promise<boolean> {
  const starter = runningStarter(runDir)
  if (!starter) return false
  signal(starter.pid, 'SIGTERM')
  if (!(await within(patience, () => !isRunning(starter)))) signal(starter.pid, 'SIGKILL')
  return true
}

async function within(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await delay(20)
  }
  return true
}
