import { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Claim {
  /** Lets the next one in. Remove what belongs to the run before, the claim's own file included. */
  release: () => void
}

/**
 * Makes this process the only one that starts or ends this shop; undefined when another one is.
 * The lock is the operating system's, on a SQLite file: it ends with the process, however that ends, so it is never
 * stale. (proper-lockfile and its like judge by the age of a file, and let two in after a suspend.)
 */
export function claim(runDir: string): Claim | undefined {
  const file = join(runDir, 'claim')
  for (;;) {
    mkdirSync(runDir, { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
    const before = inode(file)
    const lock = new Database(file)
    try {
      lock.run('PRAGMA busy_timeout = 0')
      lock.run('BEGIN EXCLUSIVE')
    } catch (error) {
      lock.close()
      const code = (error as { code?: string }).code ?? ''
      if (code.startsWith('SQLITE_BUSY')) return undefined
      // removed between our two steps, by the one who had it
      if (code === 'SQLITE_CANTOPEN' || code.startsWith('SQLITE_READONLY_DBMOVED')) continue
      throw error
    }
    // The one before us removes the file before it lets go: a lock on a file that is gone keeps nobody out.
    if (before !== undefined && inode(file) === before) return { release: () => lock.close() }
    lock.close()
  }
}

function inode(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}
