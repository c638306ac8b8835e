import { setTimeout } from 'node:timers/promises'
import { Problem } from '@shop/chassis/problem'
import type { Static } from '@sinclair/typebox'
import type { FaultPlan } from './api.ts'

type Plan = Static<typeof FaultPlan>

export interface Faults {
  set(plan: Plan): void
  /**
   * Does the work, or fails as planned: before it (503), or after it, so that it is done and its answer lost (500).
   */
  around<Answer>(work: () => Answer): Promise<Answer>
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

    async around(work) {
      if (plan.delayMs) await setTimeout(plan.delayMs)
      asked += 1
      const isNext = (plan.failNext ?? 0) > 0
      if (isNext) plan.failNext = (plan.failNext ?? 0) - 1
      if (isNext || isTurn(asked, plan.failEvery)) throw new Problem(503, 'unavailable', 'Failed on purpose.')
      const answer = work()
      answered += 1
      if (isTurn(answered, plan.loseAnswerEvery)) throw new Problem(500, 'answer-lost', 'Lost on purpose.')
      return answer
    },
  }
}

function isTurn(count: number, every: number | undefined): boolean {
  return every !== undefined && count % every === 0
}
