/**
 * Something that a workflow has started and can wait for with `yield*`, as often as it likes. A generator that waits
 * for steps is one as well.
 */
export interface Step<Result> {
  [Symbol.iterator](): Generator<Step<unknown>, Result, unknown>
}

/** What a step, or each of several, results in. */
export type ResultOf<S> = S extends Step<infer Result> ? Result : never

type Outcome<Result> = { result: Result } | { error: unknown }

/** A step that its owner settles once. */
export class Task<Result> implements Step<Result> {
  #outcome: Outcome<Result> | undefined
  #waiting: (() => void)[] = []

  get settled(): boolean {
    return this.#outcome !== undefined
  }

  succeed(result: Result): void {
    this.#settle({ result })
  }

  fail(error: unknown): void {
    this.#settle({ error })
  }

  /** Settles with what a function returns or throws. */
  settle(make: () => Result): void {
    let result: Result
    try {
      result = make()
    } catch (error) {
      this.fail(error)
      return
    }
    this.succeed(result)
  }

  /** Calls back when this is settled, or at once when it is. */
  onSettled(callback: () => void): void {
    if (this.#outcome) callback()
    else this.#waiting.push(callback)
  }

  /** @throws what the step failed with */
  get result(): Result {
    if (!this.#outcome) throw new Error('the step is not settled')
    if ('error' in this.#outcome) throw this.#outcome.error
    return this.#outcome.result
  }

  *[Symbol.iterator](): Generator<Step<unknown>, Result, unknown> {
    if (!this.settled) yield this
    return this.result
  }

  #settle(outcome: Outcome<Result>): void {
    if (this.#outcome) return
    this.#outcome = outcome
    const waiting = this.#waiting
    this.#waiting = []
    for (const callback of waiting) callback()
  }
}

/** Runs a generator up to the first step that is not settled, and on whenever that is. */
export function spawn<Result>(body: Generator<Step<unknown>, Result, unknown>): Task<Result> {
  const task = new Task<Result>()
  function advance(): void {
    try {
      let next = body.next()
      while (!next.done) {
        const step = next.value
        if (!(step instanceof Task)) {
          throw new TypeError('a workflow waits for steps only, and with yield* instead of yield')
        }
        if (!step.settled) {
          step.onSettled(advance)
          return
        }
        next = body.next()
      }
      task.succeed(next.value)
    } catch (error) {
      task.fail(error)
    }
  }
  advance()
  return task
}

/** A generator becomes a task of its own, so that several of them run side by side. */
export function toTask<Result>(step: Step<Result>): Task<Result> {
  return step instanceof Task ? step : spawn(step[Symbol.iterator]())
}

/** Settles with all results, or with the first error. */
export function all<const Steps extends readonly Step<unknown>[]>(
  steps: Steps,
): Task<{ -readonly [Key in keyof Steps]: ResultOf<Steps[Key]> }> {
  const tasks = steps.map(toTask)
  const joined = new Task<unknown[]>()
  let missing = tasks.length
  const finish = () => joined.succeed(tasks.map(task => task.result))
  if (missing === 0) finish()
  for (const task of tasks) {
    task.onSettled(() => {
      try {
        task.result
        missing -= 1
        if (missing === 0) finish()
      } catch (error) {
        joined.fail(error)
      }
    })
  }
  return joined as Task<never>
}

/** Index and result of the step that settled first. */
export type Winner<Steps extends readonly Step<unknown>[]> = {
  [Key in keyof Steps]: {
    index: Key extends `${infer Index extends number}` ? Index : number
    result: ResultOf<Steps[Key]>
  }
}[number]

/** Settles as the first of the steps does. */
export function race<const Steps extends readonly Step<unknown>[]>(steps: Steps): Task<Winner<Steps>> {
  const first = new Task<{ index: number; result: unknown }>()
  for (const [index, task] of steps.map(toTask).entries()) {
    task.onSettled(() => {
      try {
        first.succeed({ index, result: task.result })
      } catch (error) {
        first.fail(error)
      }
    })
  }
  return first as Task<never>
}
