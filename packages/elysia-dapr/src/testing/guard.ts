import { type ChildProcess, spawn } from 'node:child_process'

const pids = new Set<number>()
const folders = new Set<string>()
let guard: ChildProcess | undefined

/**
 * Ends a process when this one dies without doing so itself, even by `kill -9`. Call the result once it has ended.
 */
export function guardProcess(pid: number): () => void {
  return keep(pids, pid)
}

/** Likewise removes a folder. */
export function guardFolder(path: string): () => void {
  return keep(folders, path)
}

function keep<T>(set: Set<T>, value: T): () => void {
  set.add(value)
  tellGuard()
  return () => {
    if (set.delete(value)) tellGuard()
  }
}

/**
 * A shell that waits for the end of its input, which the system closes when this process dies, and then runs the last
 * line that it was told. It has a session of its own, or a Ctrl-C would end it too.
 */
function tellGuard(): void {
  if (process.platform === 'win32') return
  const isNeeded = pids.size + folders.size > 0
  if (!guard) {
    if (!isNeeded) return
    const script = 'while IFS= read -r line; do last=$line; done; eval "$last"'
    guard = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
    guard.unref()
    ;(guard.stdin as unknown as { unref?(): void } | null)?.unref?.()
  }
  guard.stdin?.write(`${lastWill()}\n`)
  if (isNeeded) return
  guard.stdin?.end()
  guard = undefined
}

function lastWill(): string {
  const commands = ['true']
  if (pids.size > 0) commands.push(`kill -9 ${[...pids].join(' ')}`)
  if (folders.size > 0) commands.push(`rm -rf ${[...folders].map(quoted).join(' ')}`)
  return commands.join('; ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
