import { setTimeout as delay } from 'node:timers/promises'
import type { Role } from './part.ts'

/** A process to end, ours or one that a dead starter left. */
export interface Ending {
  name: string
  role: Role
  pid: number
  gone: () => boolean
}

export interface DrainOptions {
  /** Longest time for one stage before it is killed, in milliseconds. @default 15_000 */
  grace?: number
  /** Kills at once what is still running when it fires. */
  hurry?: AbortSignal | undefined
  /** Told about each part that had to be killed. */
  killed?: (name: string) => void
}

/**
 * Ends the parts in an order that lets each finish its work: first the edge, while everything it calls still answers;
 * then the apps, whose sidecars stop delivering at once but keep their API up; the infrastructure last.
 */
export async function drain(parts: Ending[], options: DrainOptions = {}): Promise<void> {
  const having = (role: Role) => parts.filter(part => part.role === role && !part.gone())
  await Promise.all(having('edge').map(part => end(part, options)))
  // daprd gets --dapr-block-shutdown-duration: the first SIGTERM ends its subscriptions, the second itself. Between
  // them the app finishes what it has, still able to publish and to save.
  const sidecars = having('sidecar')
  for (const sidecar of sidecars) signal(sidecar.pid, 'SIGTERM')
  await Promise.all(having('app').map(part => end(part, options)))
  await Promise.all(sidecars.map(part => end(part, options)))
  await Promise.all(having('infrastructure').map(part => end(part, options)))
}

async function end(part: Ending, { grace = 15_000, hurry, killed }: DrainOptions): Promise<void> {
  signal(part.pid, 'SIGTERM')
  const deadline = Date.now() + grace
  while (!part.gone() && Date.now() < deadline && !hurry?.aborted) await delay(10)
  if (!part.gone()) {
    killed?.(part.name)
    signal(part.pid, 'SIGKILL')
    while (!part.gone()) await delay(10)
  }
  // what the part itself started and did not wait for
  signal(-part.pid, 'SIGKILL')
}

/** One that is gone already needs no signal. macOS answers EPERM for a group in which all have ended unreaped. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && !(code === 'EPERM' && pid < 0)) throw error
  }
}
