import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const pids = new Set<number>()
const folders = new Set<string>()
let guard: { child: ChildProcess; folder: string } | undefined

/** Ends a process when this one dies without doing so itself, even by `kill -9`. Call the result once it has ended. */
export function guardProcess(pid: number): () => void {
  return keep(pids, pid)
}

/** Likewise removes a folder. */
export function guardFolder(path: string): () => void {
  return keep(folders, path)
}

function keep<T>(set: Set<T>, value: T): () => void {
  set.add(value)
  writeWill()
  return () => {
    if (set.delete(value)) writeWill()
  }
}

/**
 * What to do is in a file, which is written before this returns: what is sent through a pipe may still be on its way
 * when this process dies.
 */
function writeWill(): void {
  if (process.platform === 'win32') return
  if (pids.size + folders.size === 0) {
    endGuard()
    return
  }
  guard ??= startGuard()
  const next = join(guard.folder, 'next')
  writeFileSync(next, will(guard.folder))
  renameSync(next, join(guard.folder, 'will'))
}

/**
 * A shell that waits for the end of its input, which the system closes when this process dies, and then runs the file.
 * It has a session of its own, or a Ctrl-C would end it too.
 */
function startGuard() {
  const folder = mkdtempSync(join(tmpdir(), 'elysia-dapr-guard-'))
  const script = 'read -r _; . "$0"'
  const stdio = ['pipe', 'ignore', 'ignore'] as const
  const child = spawn('/bin/sh', ['-c', script, join(folder, 'will')], { detached: true, stdio: [...stdio] })
  child.once('exit', () => replaceGuard(child))
  // Without a shell there is no guard.
  child.once('error', () => undefined)
  child.unref()
  ;(child.stdin as unknown as { unref?(): void } | null)?.unref?.()
  return { child, folder }
}

/** Bun ends the processes of a test that times out, the guard too, and others still need it. */
function replaceGuard(child: ChildProcess): void {
  if (guard?.child !== child) return
  endGuard()
  writeWill()
}

function endGuard(): void {
  if (!guard) return
  guard.child.kill('SIGKILL')
  rmSync(guard.folder, { recursive: true, force: true })
  guard = undefined
}

function will(ownFolder: string): string {
  const kill = pids.size > 0 ? `kill -9 ${[...pids].join(' ')}\n` : ''
  return `${kill}rm -rf ${[...folders, ownFolder].map(quoted).join(' ')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
