import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Ends a process and its children at once, and waits until none of them runs. */
export async function killTree(pid: number): Promise<void> {
  // One that is stopped has no more children.
  process.kill(pid, 'SIGSTOP')
  const all = [pid, ...childrenOf(pid)]
  for (const one of all) send(one, 'SIGKILL')
  while (all.some(isRunning)) await Bun.sleep(5)
}

function childrenOf(parent: number): number[] {
  try {
    return numbers(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8'))
  } catch {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
    const pairs = stdout.split('\n').map(numbers)
    return pairs.flatMap(([of, pid]) => (of === parent && pid !== undefined ? [pid] : []))
  }
}

function numbers(text: string): number[] {
  return text.trim().split(/\s+/).filter(Boolean).map(Number)
}

/** False for one that is dead and waits for its parent, as far as the system tells. */
export function isRunning(pid: number): boolean {
  if (process.platform !== 'linux') return send(pid, 0)
  try {
    // "pid (name) state ...": a dying process is a zombie only when its sockets are closed.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
