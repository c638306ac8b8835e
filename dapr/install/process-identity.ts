import { readdirSync, readFileSync } from 'node:fs'

/** A process beyond doubt: ids are reused, an id together with its start time is not. */
export interface ProcessIdentity {
  pid: number
  /** Linux: ticks since boot; elsewhere: what `ps -o lstart=` prints. Compare it, do not read it. */
  started: string
}

/** The start time of a process; undefined when there is none, or only a zombie that waits for its parent. */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return startInStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    } catch {
      return undefined
    }
  }
  const ps = Bun.spawnSync(['ps', '-o', 'stat=,lstart=', '-p', String(pid)], { env: psEnv, stderr: 'ignore' })
  const [, state, started] = /^(\S+)\s+(.+)$/.exec(ps.stdout.toString().trim()) ?? []
  return state === undefined || state.startsWith('Z') ? undefined : started?.trim()
}

// `lstart` is written in the language and time zone of whoever asks
const psEnv = { PATH: process.env.PATH ?? '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' }

/** Reads a line of /proc/<pid>/stat. The name in brackets may itself hold brackets and spaces. */
export function startInStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  return state === 'Z' || state === 'X' ? undefined : fields[19]
}

export function isRunning({ pid, started }: ProcessIdentity): boolean {
  const start = startOf(pid)
  return start !== undefined && start === started
}

/** Whether anything of a process group still runs; zombies do not. */
export function isGroupRunning(group: number): boolean {
  if (process.platform === 'linux') return readdirSync('/proc').some(name => isMember(name, group))
  const ps = Bun.spawnSync(['ps', '-A', '-o', 'pgid=,stat='], { env: psEnv })
  const rows = ps.stdout.toString().split('\n')
  return rows.some(row => {
    const [id, state] = row.trim().split(/\s+/)
    return Number(id) === group && !state?.startsWith('Z')
  })
}

function isMember(entry: string, group: number): boolean {
  if (!/^\d+$/.test(entry)) return false
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
    const id = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]
    return Number(id) === group && startInStat(stat) !== undefined
  } catch {
    return false
  }
}

/** This process. */
export function self(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? '' }
}
