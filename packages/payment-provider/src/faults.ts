import { setTimeout } from 'node:timers/promises'
import { Problem } from '@shop/chassis/problem'
import type { Static } from '@sinclair/typebox'
import type { FaultPlan } from './api.ts'

type Plan = Static<typeof FaultPlan>

export interface Faults {
  set(plan: Plan): void
  /**
   * Before a request is worked on: waits, or fails it.
   * @throws Problem 503
   */
  begin(): Promise<void>
  /**
   * After the work is done: loses its answer, or does not.
   * @throws Problem 500
   */
  end(): void
}

/** What goes wrong on purpose, for tests and demonstrations; nothing until it is set. */
export function createFaults(): Faults {
  let plan: Plan = {}
  let asked = 0
  let answered = 0

  return {
    set(next) {
      plan = { ...next }
      asked = 0
      answered = 0
    },

    async begin() {
      if (plan.delayMs) await setTimeout(plan.delayMs)
      asked += 1
      const isNext = (plan.failNext ?? 0) > 0
      if (isNext) plan.failNext = (plan.failNext ?? 0) - 1
      if (isNext || isTurn(asked, plan.failEvery)) throw new Problem(503, 'unavailable', 'Failed on purpose.')
    },

    end() {
      answered += 1
      if (isTurn(answered, plan.loseAnswerEvery)) throw new Problem(500, 'answer-lost', 'Lost on purpose.')
    },
  }
}

function isTurn(count: number, every: number | undefined): boolean {
  return every !== undefined && count % every === 0
}
