import type { ActivityRequest, ActivityResponse } from './messages.ts'

/** Gives an answer to the sidecar that asked. @throws Error when it did not arrive */
type Deliver = (response: ActivityResponse) => Promise<void>

interface Job {
  request: Partial<ActivityRequest>
  deliver: Deliver
  response?: ActivityResponse
}

export interface ActivityQueue {
  /**
   * Runs it as soon as there is room. A request that is repeated after the connection broke does not run again while
   * the first is running or has an answer that did not arrive.
   */
  add(request: Partial<ActivityRequest>, deliver: Deliver): void
  /** Forgets what did not start: the sidecar asks for it again. */
  clear(): void
  /** Starts nothing any more. Resolves when what is running has ended and was answered. */
  drain(): Promise<void>
}

/** Answers that no sidecar took; the oldest go first. */
const keptAnswers = 1_000

/** However many requests come, each waits for its turn: the sidecar knows nothing of a request that is refused. */
export function activityQueue(
  run: (request: Partial<ActivityRequest>) => Promise<ActivityResponse>,
  { concurrency }: { concurrency: number },
): ActivityQueue {
  const waiting = new Map<string, Job>()
  const running = new Map<string, Job>()
  const unanswered = new Map<string, Job>()
  let unnamed = 0
  let draining: (() => void) | undefined

  function keyOf({ instance, taskId, executionId }: Partial<ActivityRequest>): string {
    // Without an execution ID, a later run of the same instance cannot be told apart.
    if (!executionId) {
      unnamed += 1
      return `${unnamed}`
    }
    return `${instance?.instanceId}/${taskId}/${executionId}`
  }

  function next(): void {
    for (const [key, job] of waiting) {
      if (running.size >= concurrency || draining) return
      waiting.delete(key)
      running.set(key, job)
      void work(key, job)
    }
  }

  async function work(key: string, job: Job): Promise<void> {
    job.response ??= await run(job.request)
    try {
      await job.deliver(job.response)
    } catch {
      keep(key, job)
    }
    running.delete(key)
    if (running.size === 0) draining?.()
    next()
  }

  function keep(key: string, job: Job): void {
    unanswered.set(key, job)
    const [oldest] = unanswered.keys()
    if (unanswered.size > keptAnswers && oldest !== undefined) unanswered.delete(oldest)
  }

  return {
    add(request, deliver) {
      if (draining) return
      const key = keyOf(request)
      const known = running.get(key)
      if (known) {
        known.deliver = deliver
        return
      }
      const answered = unanswered.get(key)
      unanswered.delete(key)
      waiting.set(key, { request, ...(answered?.response && { response: answered.response }), deliver })
      next()
    },
    clear: () => waiting.clear(),
    drain() {
      return new Promise(resolve => {
        draining = resolve
        if (running.size === 0) resolve()
      })
    },
  }
}
