import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessIdentity, startInStat } from '../../../dapr/install/process-identity.ts'
import { type Role, roles } from './part.ts'
import { processDir } from './spawn-part.ts'

export interface LeftProcess extends ProcessIdentity {
  name: string
  role: Role
}

/** The processes that the last run wrote down and that are still running. */
export function leftProcesses(runDir: string): LeftProcess[] {
  return recordedProcesses(runDir).filter(isRunning)
}

function recordedProcesses(runDir: string): LeftProcess[] {
  const dir = processDir(runDir)
  try {
    return readdirSync(dir).flatMap(name => parseRecord(name, readFileSync(join(dir, name), 'utf8')))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

function parseRecord(name: string, text: string): LeftProcess[] {
  const [role, pid = '', started = ''] = text.split('\n')
  const known = roles.find(each => each === role)
  const start = started.includes(')') ? startInStat(started) : started.trim()
  return known && start && /^\d+$/.test(pid) && Number(pid) > 1
    ? [{ name, role: known, pid: Number(pid), started: start }]
    : []
}
