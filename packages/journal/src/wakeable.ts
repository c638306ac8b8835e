export interface Wakeable {
  /** Begins at once, or again once what is under way has ended. */
  wake(): void
  /** Lets what is under way end; nothing begins any more. */
  stop(): Promise<void>
}

export interface WakeableOptions {
  work: () => Promise<void>
  /** Told of each failure; the next attempt follows after a pause. */
  onError: (error: unknown) => void
  /** Longest pause between attempts that fail, in milliseconds: it begins with 100 and doubles. @default 5_000 */
  maxPause?: number
  /** Begins by itself so often, in milliseconds. @default only when it is woken */
  every?: number
}

/** Runs work in the background: now, whenever it is woken, one run at a time; again after a failure. */
export function wakeable({ work, onError, maxPause = 5_000, every }: WakeableOptions): Wakeable {
  let running: Promise<void> | undefined
  let again = false
  let stopped = false
  let pause = 0
  let retry: Timer | undefined

  function wake(): void {
    again = true
    if (running || stopped || retry) return
    running = run().finally(() => {
      running = undefined
      if (again && !retry) wake()
    })
  }

  async function run(): Promise<void> {
    again = false
    try {
      await work()
      pause = 0
    } catch (error) {
      onError(error)
      if (stopped) return
      pause = Math.min(maxPause, pause === 0 ? 100 : pause * 2)
      retry = setTimeout(function again() {
        retry = undefined
        wake()
      }, pause)
    }
  }

  wake()
  const timer = every === undefined ? undefined : setInterval(wake, every)
  return {
    wake,
    async stop() {
      stopped = true
      clearTimeout(retry)
      clearInterval(timer)
      await running
    },
  }
}
