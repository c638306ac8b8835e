import { isGroupRunning } from '../../dapr/install/process-identity.ts'

export interface GroupOptions {
  signal: AbortSignal
  /** How long an aborted group may take to end. Default: a minute. */
  graceMs?: number
  /** Where its output goes: a number is an open file. Default: where ours goes. */
  output?: 'inherit' | 'ignore' | number
  /** Added to the environment. */
  env?: Record<string, string>
  /** Default: the working directory. */
  cwd?: string
}

/**
 * Runs a program as the leader of a process group, so that what it starts can be stopped with it.
 * When the signal aborts, the whole group gets SIGTERM, and SIGKILL if it is still there after `graceMs`.
 * Resolves to the exit code once the program has ended.
 */
export async function runGroup(
  command: string[],
  { signal, graceMs = 60_000, output = 'inherit', env = {}, cwd = process.cwd() }: GroupOptions,
): Promise<number> {
  signal.throwIfAborted()
  const child = Bun.spawn(command, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  })
  let ending: Promise<void> | undefined
  const stop = () => {
    ending = endGroup(child.pid, graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await child.exited
    await ending
    return code
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function endGroup(group: number, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs
  send(group, 'SIGTERM')
  while (isGroupRunning(group)) {
    if (performance.now() > deadline) send(group, 'SIGKILL')
    await Bun.sleep(100)
  }
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch (error) {
    // ESRCH: nobody left; EPERM: on macOS, only unreaped processes left
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))
      return
    throw error
  }
}
