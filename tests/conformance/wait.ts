/** How long `eventually` asks, and what it says then. */
export interface WaitOptions {
  /** What is waited for. */
  what?: string
  /** In milliseconds. @default as long as the test may take */
  within?: number
}

/**
 * Asks until there is a value.
 * @throws Error that says what was waited for, when there is none within the time
 */
export async function eventually<T>(
  read: () => T | undefined | Promise<T | undefined>,
  { what = 'a value', within = Number.POSITIVE_INFINITY }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + within
  while (true) {
    const value = await read()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error(`not within ${within / 1_000} s: ${what}`)
    await Bun.sleep(20)
  }
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    value => {
      throw new Error(`resolved with ${JSON.stringify(value)}`)
    },
    error => error,
  )
}
