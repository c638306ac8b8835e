import { readFileSync } from 'node:fs'

/** Resident memory of processes together, in bytes; one that has ended has none. */
export function residentMemory(pids: readonly number[]): number {
  return pids.map(process.platform === 'linux' ? ofLinux : ofPs).reduce((sum, bytes) => sum + bytes, 0)
}

function ofLinux(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  } catch {
    return 0
  }
}

function ofPs(pid: number): number {
  const { stdout } = Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(pid)], { stderr: 'ignore' })
  return Number(stdout.toString().trim()) * 1024
}
