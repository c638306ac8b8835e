/** Until there is a value; the test's own time-out is the bound. */
export async function eventually<T>(read: () => T | undefined | Promise<T | undefined>): Promise<T> {
  while (true) {
    const value = await read()
    if (value !== undefined) return value
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
