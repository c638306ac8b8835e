import pg from 'pg'

/** To be connected, used and ended. */
export function connectionTo(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  // one that breaks is told to whoever waits for its answer
  client.on('error', () => {})
  return client
}
