import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface PortHolder {
  pid: number
  command: string
}

/**
 * The process that listens on a TCP port: by /proc on Linux, by lsof elsewhere. Undefined when it belongs to somebody
 * else and the system does not tell. (pid-port and find-process call netstat or ss, which slim images lack.)
 */
export function holderOf(port: number): PortHolder | undefined {
  return process.platform === 'linux' ? holderInProc(port) : holderByLsof(port)
}

/** The working directory of a process, where the system tells. */
export function folderOf(pid: number): string | undefined {
  if (process.platform === 'linux') return target(`/proc/${pid}/cwd`) || undefined
  const lsof = Bun.which('lsof')
  if (lsof === null) return undefined
  const found = Bun.spawnSync([lsof, '-a', '-p', String(pid), '-d', 'cwd', '-Fn'], { stderr: 'ignore' })
  return /^n(.+)$/m.exec(found.stdout.toString())?.[1]
}

function holderInProc(port: number): PortHolder | undefined {
  const sockets = listeningSockets(port)
  if (sockets.size === 0) return undefined
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (openFiles(pid).some(file => sockets.has(file))) {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return { pid: Number(pid), command }
    }
  }
  return undefined
}

/** As the links in /proc/<pid>/fd name them. */
function listeningSockets(port: number): Set<string> {
  const listening = '0A'
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(file =>
    lines(file).map(line => line.trim().split(/\s+/)),
  )
  return new Set(
    rows
      .filter(([, local, , state]) => state === listening && local?.endsWith(`:${hexPort}`))
      .map(row => `socket:[${row[9]}]`),
  )
}

function openFiles(pid: string): string[] {
  const dir = `/proc/${pid}/fd`
  try {
    return readdirSync(dir).map(fd => target(`${dir}/${fd}`))
  } catch {
    // ended meanwhile, or another user's
    return []
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    // closed meanwhile
    return ''
  }
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function holderByLsof(port: number): PortHolder | undefined {
  const lsof = Bun.which('lsof')
  if (lsof === null) return undefined
  const found = Bun.spawnSync([lsof, '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], { stderr: 'ignore' })
  const pid = /^p(\d+)$/m.exec(found.stdout.toString())?.[1]
  if (pid === undefined) return undefined
  const command = Bun.spawnSync(['ps', '-o', 'command=', '-p', pid], { stderr: 'ignore' })
    .stdout.toString()
    .trim()
  return { pid: Number(pid), command }
}
