import type { Context } from 'elysia'
import type { Guard, guardKey } from './guard.ts'
import { failed } from './run-handler.ts'

/** A context with the guard of the app, and with what its route has decided to answer. */
export type Deciding = Context & { [Key in typeof guardKey]?: Guard } & { daprAnswer?: Response }

/**
 * Hooks of a route that have it answer what it decided, whatever hooks the app has: in an envelope `RETRY` would be a
 * success for daprd. Where it decided nothing, since it or a hook failed, or a hook answered in its place, it answers 500
 * and daprd tries again: a 200 or a 404 of somebody else would lose what was delivered.
 */
export const ownAnswer = {
  // With it Elysia runs all hooks of `mapResponse`, and this one last; without, the first that answers.
  afterHandle: ({ daprAnswer = failed(undecided) }: Deciding) => daprAnswer,
  mapResponse({ daprAnswer, response, error, set }: Deciding & { response?: unknown; error?: unknown }) {
    // The next error hook has not been told yet.
    if (error !== undefined && response === undefined) return undefined
    const answer = (error === undefined && daprAnswer) || failed(undecided)
    set.status = answer.status
    return answer
  },
  error: () => failed(undecided),
}

/** Options of a route that is for the sidecar alone, and answers what it decided. */
export const ownRoute = { ...(ownAnswer as object), detail: { hide: true } }

const undecided = 'It failed in the app, which knows why.'

/** A handler whose answer is given as it is, in a route with `ownAnswer`. */
export function deciding(decide: (context: Deciding) => Response | Promise<Response>) {
  return async function answer(context: Deciding): Promise<Response> {
    context.daprAnswer = await decide(context)
    return context.daprAnswer
  }
}
