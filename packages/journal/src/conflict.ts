/**
 * The change rests on what is no longer so: somebody else committed first, or a constraint of the database forbids it.
 * Nothing was written. Read again, decide again.
 */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
}

/**
 * Decides and commits again while somebody else is faster.
 * @throws ConflictError after `attempts`, 10 by default; whatever else `work` throws, at once
 */
export async function retryOnConflict<Result>(work: () => Promise<Result>, attempts = 10): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error
      // lets the faster one finish, and two that meet again and again part
      await Bun.sleep(Math.random() * 5 * attempt)
    }
  }
}
