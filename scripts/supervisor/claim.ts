import { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface Claim {
  /** Removes the claim's file, and the folder with it when nothing else is in there, then lets the next one in. */
  release: () => void
}

/**
 * Makes this process the only one that starts or ends this shop; undefined when another one is.
 * The lock is the operating system's, on a SQLite file: it ends with the process, however that ends, so it is never
 * stale. (proper-lockfile and its like judge by the age of a file, and let two in after a suspend.)
 */
export function claim(runDir: string): Claim | undefined {
  const file = join(runDir, 'claim')
  for (let tries = 1; ; tries++) {
    let lock: Database | undefined
    try {
      mkdirSync(runDir, { recursive: true, mode: 0o700 })
      closeSync(openSync(file, 'a', 0o600))
      const before = inode(file)
      lock = new Database(file)
      lock.run('PRAGMA busy_timeout = 0')
      lock.run('BEGIN EXCLUSIVE')
      // The one before us removes the file before it lets go: a lock on a file that is gone keeps nobody out.
      if (before !== undefined && inode(file) === before) return { release: releaser(runDir, lock) }
      lock.close()
    } catch (error) {
      lock?.close()
      const { code = '' } = error as { code?: string }
      if (code.startsWith('SQLITE_BUSY')) return undefined
      // removed between two of our steps by the one who had it; if it goes on like this, something is really wrong
      if (tries === 100) throw error
    }
  }
}

function releaser(runDir: string, lock: Database): () => void {
  return () => {
    // not recursively: the next one may already have made its own
    unlinkSync(join(runDir, 'claim'))
    try {
      rmdirSync(runDir)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code)) throw error
    }
    lock.close()
  }
}

function inode(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}
