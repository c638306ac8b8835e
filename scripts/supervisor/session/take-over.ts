import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from '../../../dapr/install/process-identity.ts'
import { drain } from '../processes/drain.ts'
import { type LeftProcess, leftProcesses } from '../processes/left-processes.ts'
import { ShopError } from '../shop-error.ts'
import { type Claim, claim } from './claim.ts'
import type { Instance } from './instance.ts'
import { runningStarter } from './run-record.ts'

export interface TakeOver extends Claim {
  /** What a starter that was killed had left running; ended by now. */
  ended: LeftProcess[]
}

/**
 * Makes this process the only one in charge of the shop, and ends what a killed starter left.
 * Undefined when somebody else is in charge.
 */
export async function takeOver({ runDir }: Instance): Promise<TakeOver | undefined> {
  const mine = claim(runDir)
  if (mine === undefined) return undefined
  try {
    const ended = await endLeftProcesses(runDir)
    empty(runDir)
    return {
      ...mine,
      ended,
      release: () => {
        if (mine.holds()) empty(runDir)
        mine.release()
      },
    }
  } catch (error) {
    mine.release()
    throw error
  }
}

/** As `takeOver`, for a command that needs to be in charge. */
export async function takeOverOrFail(instance: Instance): Promise<TakeOver> {
  const taken = await takeOver(instance)
  if (taken) return taken
  const starter = runningStarter(instance.runDir)
  const who = starter ? ` (process ${starter.pid}${starter.url ? `, ${starter.url}` : ''})` : ''
  throw new ShopError(
    `The shop is already running${who}. 'bun run stop' ends it; SHOP_HOME and SHOP_PORT_OFFSET run another beside it.`,
  )
}

function empty(runDir: string): void {
  for (const name of readdirSync(runDir)) {
    if (name !== 'claim') rmSync(join(runDir, name), { recursive: true, force: true })
  }
}

async function endLeftProcesses(runDir: string): Promise<LeftProcess[]> {
  const left = leftProcesses(runDir)
  await drain(left.map(each => ({ ...each, gone: () => !isRunning(each) })))
  return left
}
