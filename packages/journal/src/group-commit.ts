import type { Database } from 'better-sqlite3'

export interface GroupCommit {
  /**
   * Does work in a transaction, that of all who commit at the same time: the disk is waited for once, for the whole
   * group. What one of them throws undoes its own work alone.
   */
  commit<Result>(work: () => Result, options: { durable: boolean }): Promise<Result>
  /** Commits at once what waits. */
  flush(): void
}

interface Member {
  work: () => unknown
  durable: boolean
  resolve: (result: never) => void
  reject: (error: unknown) => void
}

/** Of one transaction: a crash undoes no more, and nobody waits for more. */
const atOnce = 200

/** Group commit for a connection that only this uses for writing. */
export function groupCommit(client: Database): GroupCommit {
  const waiting: Member[] = []
  const savepoint = client.prepare('savepoint member')
  const release = client.prepare('release member')
  const rollback = client.prepare('rollback to member')

  function flush(): void {
    while (waiting.length > 0) commitGroup(waiting.splice(0, atOnce))
  }

  function commitGroup(members: Member[]): void {
    const outcomes: (() => void)[] = []
    try {
      client.pragma(`synchronous = ${members.some(({ durable }) => durable) ? 'FULL' : 'NORMAL'}`)
      client
        .transaction(() => {
          for (const member of members) outcomes.push(runMember(member))
        })
        .immediate()
    } catch (error) {
      for (const { reject } of members) reject(error)
      return
    }
    for (const settle of outcomes) settle()
  }

  /** Settles only once all of them are committed. */
  function runMember({ work, resolve, reject }: Member): () => void {
    savepoint.run()
    try {
      const result = work() as never
      release.run()
      return () => resolve(result)
    } catch (error) {
      rollback.run()
      release.run()
      return () => reject(error)
    }
  }

  return {
    commit: (work, { durable }) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, durable, resolve: resolve as Member['resolve'], reject })
        // whoever commits in this turn of the event loop comes along
        if (waiting.length === 1) setImmediate(flush)
      }),
    flush,
  }
}
