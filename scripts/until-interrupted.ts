export interface Interrupt {
  /** Aborts at the first of SIGINT, SIGTERM and SIGHUP, which end this process no more. */
  signal: AbortSignal
  /** What a process ends with that was interrupted; 0: it was not. */
  exitCode: () => number
}

/** For a command that has to take down what it has started. */
export function untilInterrupted(): Interrupt {
  const interrupt = new AbortController()
  let code = 0
  for (const [name, exitCode] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(name, () => {
      code ||= exitCode
      interrupt.abort(new Error(`interrupted by ${name}`))
    })
  }
  return { signal: interrupt.signal, exitCode: () => code }
}
