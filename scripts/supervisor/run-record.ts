import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessIdentity, self } from '../../dapr/install/process-identity.ts'
import { writePrivate } from './private-file.ts'

/** Who runs the shop of this home, for `stop`, `logs`, `doctor` and a second `start`. */
export interface RunRecord extends ProcessIdentity {
  /** The command that started it: start, dev or infra. */
  command: string
  /** The gateway's address; none for `infra`. */
  url: string | null
}

const file = (runDir: string) => join(runDir, 'starter.json')

export function writeRunRecord(runDir: string, run: Omit<RunRecord, keyof ProcessIdentity>): void {
  writePrivate(file(runDir), `${JSON.stringify({ ...self(), ...run })}\n`)
}

/** The starter that is running now; undefined when there is none, or when it was killed. */
export function runningStarter(runDir: string): RunRecord | undefined {
  try {
    const record: RunRecord = JSON.parse(readFileSync(file(runDir), 'utf8'))
    return isRunning(record) ? record : undefined
  } catch {
    return undefined
  }
}
