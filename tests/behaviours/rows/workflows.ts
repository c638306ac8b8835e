import { isDeepStrictEqual } from 'node:util'
import type { Behaviour } from '../behaviour.ts'

export const workflows: Behaviour[] = [
  {
    id: 'workflow-object',
    sentence: 'A workflow that is started with an object, and hands it to an activity',
    expected: 'the activity gets it',
    async run({ call }) {
      const input = { number: 1, note: 'Größe ≤ 2 🙂' }
      const outcome = await call('echoByWorkflow', [input])
      return isDeepStrictEqual(outcome, { resolved: { echoed: input } })
        ? 'the activity gets it'
        : JSON.stringify(outcome)
    },
  },
  {
    id: 'workflow-falsy',
    sentence: 'The same with `0`, `false` and `""`',
    expected: 'the activity gets them',
    async run({ call }) {
      const got: unknown[] = []
      for (const input of [0, false, '']) {
        const outcome = await call('echoByWorkflow', [input])
        if (!(outcome && 'resolved' in outcome)) return JSON.stringify(outcome)
        got.push((outcome.resolved as { echoed?: unknown }).echoed)
      }
      if (isDeepStrictEqual(got, [0, false, ''])) return 'the activity gets them'
      return got.every(input => input === undefined || input === null)
        ? 'the activity gets nothing'
        : JSON.stringify(got)
    },
  },
  {
    id: 'workflow-retry',
    sentence: 'A retry policy for an activity that fails twice',
    expected: 'is kept: the workflow goes on',
    async run({ call }) {
      const outcome = await call('retryByWorkflow', [2])
      if (isDeepStrictEqual(outcome, { resolved: 'done' })) return 'is kept: the workflow goes on'
      return outcome && 'rejected' in outcome
        ? 'cannot be given: the workflow fails'
        : JSON.stringify(outcome)
    },
  },
  {
    id: 'workflow-reconnect',
    sentence: 'The sidecar is killed under a worker, and started again',
    expected: 'the worker goes on with it',
    alone: true,
    async run({ call, sidecar }) {
      await sidecar.kill()
      await sidecar.restart()
      const outcome = await call('echoByWorkflow', ['again'], { within: 10_000 })
      if (outcome === undefined) return 'the worker takes no work: after 10 s a new workflow still waits'
      const isDone = isDeepStrictEqual(outcome, { resolved: { echoed: 'again' } })
      return isDone ? 'the worker goes on with it' : JSON.stringify(outcome)
    },
  },
]
