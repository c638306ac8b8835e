import { Listr, type ListrTask, PRESET_TIMER } from 'listr2'

export type Step = ListrTask

/**
 * Runs named steps: with spinners on a terminal, as plain lines elsewhere, each with the time it took.
 * @throws what the first failing step threw
 */
export async function runSteps(steps: Step[]): Promise<void> {
  const timer = { timer: PRESET_TIMER }
  const listr = new Listr(steps, {
    // signals are the starter's
    registerSignalListeners: false,
    rendererOptions: { ...timer, collapseSubtasks: false, collapseErrors: false, showErrorMessage: false },
    fallbackRendererOptions: timer,
    fallbackRenderer: 'simple',
    // some terminals of editors and containers say that they have no columns
    fallbackRendererCondition: () => !process.stdout.columns,
  })
  try {
    await listr.run()
  } catch (error) {
    throw error instanceof StepFailed ? error.cause : error
  }
}

/** The work of a step. Its line shows the first line of what went wrong; the whole is shown once, at the end. */
export async function step<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(error)
  }
}

class StepFailed extends Error {
  constructor(cause: unknown) {
    super((cause instanceof Error ? cause.message : String(cause)).split('\n')[0], { cause })
  }
}
