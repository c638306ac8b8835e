import { Database } from 'bun:sqlite'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Runs `work` while no other process (and no other caller in this one) holds the same lock.
 *
 * The lock is SQLite's on an empty database: the operating system drops it when its holder ends, however that
 * ends, so there are no stale locks to judge.
 *
 * @param waiting called once when somebody else holds the lock
 */
export async function withLock<T>(
  file: string,
  { signal, waiting }: { signal: AbortSignal | undefined; waiting: () => void },
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  const database = new Database(file, { create: true })
  try {
    for (let tries = 0; !tryLock(database); tries++) {
      if (tries === 0) waiting()
      await delay(200, undefined, signal ? { signal } : {})
    }
    return await work()
  } finally {
    database.close()
  }
}

function tryLock(database: Database): boolean {
  try {
    database.run('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return false
    throw error
  }
}
