const limit = 20_000

/**
 * Asks until there is a value.
 * @throws Error that says what was waited for, after 20 seconds
 */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + limit
  while (true) {
    const value = await read()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error(`not within ${limit / 1000} s: ${what}`)
    await Bun.sleep(10)
  }
}
