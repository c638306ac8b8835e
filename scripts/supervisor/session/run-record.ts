import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessIdentity, self } from '../../../dapr/install/process-identity.ts'
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

/** The starter that is running now; undefined when there is none, when it was killed, or when its record is damaged. */
export function runningStarter(runDir: string): RunRecord | undefined {
  const record = readRecord(runDir)
  return isRunRecord(record) && isRunning(record) ? record : undefined
}

function readRecord(runDir: string): unknown {
  try {
    return JSON.parse(readFileSync(file(runDir), 'utf8'))
  } catch {
    return undefined
  }
}

/** It decides who gets a signal: -1 would be every process of this user. */
function isRunRecord(value: unknown): value is RunRecord {
  const { pid, started, command, url } = Object(value) as Record<keyof RunRecord, unknown>
  return (
    Number.isInteger(pid) &&
    Number(pid) > 1 &&
    typeof started === 'string' &&
    started !== '' &&
    typeof command === 'string' &&
    (url === null || typeof url === 'string')
  )
}
