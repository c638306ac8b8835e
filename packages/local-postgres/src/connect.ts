import { Client } from 'pg'

const startTimeoutMs = 60_000

/** Runs one piece of work on a connection of its own. */
export async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  // A connection that breaks is told to whoever waits for its answer.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Waits until a server takes connections.
 * @param ended why it never will
 * @throws Error with that reason, or with the last refusal after a minute
 */
export async function untilReady(url: string, ended: () => string | undefined): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  while (true) {
    try {
      await connected(url, async () => undefined)
      return
    } catch (error) {
      const reason =
        ended() ?? (performance.now() > deadline ? `PostgreSQL is not ready: ${error}` : undefined)
      if (reason) throw new Error(reason, { cause: error })
      await Bun.sleep(10)
    }
  }
}
