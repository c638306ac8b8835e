/** How often a part may die before it is given up. Times in milliseconds. */
export interface Limits {
  /** Deaths in a row without an answer in between. @default 5 */
  unanswered: number
  /** Deaths within a minute, whether it answered or not. @default 12 */
  perMinute: number
  /** The first wait before a restart; each further one is twice as long. @default 100 */
  firstWait: number
  /** @default 5_000 */
  longestWait: number
  /** Longest time from a start to the first answer. @default 60_000 */
  answerTimeout: number
}

const defaults: Limits = {
  unanswered: 5,
  perMinute: 12,
  firstWait: 100,
  longestWait: 5000,
  answerTimeout: 60_000,
}
const minute = 60_000

interface Death {
  answered: boolean
  /** On any steady clock. */
  at: number
  lived: number
}

/** Decides after each death of a part how long to wait, or that it is enough. */
export class Patience {
  readonly answerTimeout: number
  readonly #limits: Limits
  #deaths: number[] = []
  #unanswered = 0
  #wait: number

  constructor(limits: Limits = defaults) {
    this.#limits = limits
    this.#wait = limits.firstWait
    this.answerTimeout = limits.answerTimeout
  }

  /** How long to wait before the next start; undefined: give it up. */
  afterDeath({ answered, at, lived }: Death): number | undefined {
    this.#deaths = [...this.#deaths.filter(earlier => at - earlier < minute), at]
    this.#unanswered = answered ? 0 : this.#unanswered + 1
    if (this.#unanswered >= this.#limits.unanswered || this.#deaths.length >= this.#limits.perMinute)
      return undefined
    // one that ran well for a while has earned a quick start
    if (answered && lived > 10_000) this.#wait = this.#limits.firstWait
    const wait = this.#wait
    this.#wait = Math.min(wait * 2, this.#limits.longestWait)
    return wait
  }
}
