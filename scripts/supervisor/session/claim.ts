import { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { writing } from './writing.ts'

export interface Claim {
  /** False once somebody has removed the claim's file: what is in the folder now may be another's. */
  holds: () => boolean
  /** Removes the claim's file, and the folder with it when nothing else is in there, then lets the next one in. */
  release: () => void
}

/**
 * Makes this process the only one that starts or ends this shop; undefined when another one is.
 * The lock is the operating system's, on a SQLite file: it ends with the process, however that ends, so it is never
 * stale. (proper-lockfile and its like judge by the age of a file, and let two in after a suspend.)
 * @throws ShopError when the folder cannot be written
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
      if (before !== undefined && inode(file) === before) {
        return held(runDir, lock, before)
      }
      lock.close()
    } catch (error) {
      lock?.close()
      const { code = '' } = error as { code?: string }
      if (code.startsWith('SQLITE_BUSY')) return undefined
      // removed between two of our steps by the one who had it; if it goes on like this, something is really wrong
      const mayPass = code === 'ENOENT' || code === 'EEXIST' || code.startsWith('SQLITE_')
      if (!mayPass || tries === 100) {
        return writing(file, () => {
          throw error
        })
      }
    }
  }
}

function held(runDir: string, lock: Database, mine: number): Claim {
  const file = join(runDir, 'claim')
  const holds = () => inode(file) === mine
  return {
    holds,
    release() {
      if (holds()) unlinkSync(file)
      try {
        // not recursively: the next one may already have made its own
        rmdirSync(runDir)
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException
        if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code)) throw error
      }
      lock.close()
    },
  }
}

function inode(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}
