import pg from 'pg'

/** Less than daprd's probe waits. */
const patienceMs = 500

/**
 * Tells whether a server takes questions, on a connection of its own: one that is busy is none that is away. One that is
 * slow counts as what it was before, and as away when it has said nothing for 5 seconds.
 */
export function watchServer(url: string): { answers: () => Promise<boolean>; close: () => Promise<void> } {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  let answered = true
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    answered = await pool.query('select').then(
      () => true,
      () => false,
    )
    asking = undefined
  }

  return {
    async answers() {
      asking ??= ask()
      await Promise.race([asking, Bun.sleep(patienceMs)])
      return answered
    },
    close: () => pool.end(),
  }
}
