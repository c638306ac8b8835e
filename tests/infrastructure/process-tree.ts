import { isRunning, type ProcessIdentity, startOf } from '../../dapr/install/process-identity.ts'

/** A process and all that came of it. */
export async function processTree(pid: number): Promise<ProcessIdentity[]> {
  const ps = Bun.spawn(['ps', '-A', '-o', 'pid=,ppid='], { stdout: 'pipe' })
  const pairs = (await ps.stdout.text())
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): number[] => [
    parent,
    ...pairs.flatMap(([child = 0, of]) => (of === parent ? below(child) : [])),
  ]
  return below(pid).flatMap(each => {
    const started = startOf(each)
    return started === undefined ? [] : [{ pid: each, started }]
  })
}

/** Resolves once none of them runs. */
export async function allGone(processes: readonly ProcessIdentity[]): Promise<void> {
  while (processes.some(isRunning)) await Bun.sleep(20)
}
