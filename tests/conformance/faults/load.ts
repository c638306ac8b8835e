import { DaprError, publish, type Sidecar } from '../../../packages/elysia-dapr/src/index.ts'
import { placed } from './topics.ts'

export interface Load extends AsyncDisposable {
  /** Ids of the events that the broker has, as the publisher was told. */
  readonly acknowledged: Set<string>
  /** What publishing failed with meanwhile. */
  readonly failures: DaprError[]
  /** Publishes no further event; resolves once each that was begun is acknowledged. */
  stop(): Promise<Set<string>>
}

export interface LoadOptions {
  /** Publishers at once. @default 4 */
  concurrency?: number
  /** Between two events of a publisher, in milliseconds. @default 10 */
  pauseMs?: number
}

/** Publishes events until it is stopped; one that fails with a retryable error is published again by the same id. */
export function startLoad(sidecar: Sidecar, { concurrency = 4, pauseMs = 10 }: LoadOptions = {}): Load {
  const acknowledged = new Set<string>()
  const failures: DaprError[] = []
  let isStopped = false
  let isGivenUp = false
  let number = 0

  async function publishUntilAcknowledged(): Promise<void> {
    const data = { number: ++number }
    const id = `event-${data.number}`
    while (!acknowledged.has(id) && !isGivenUp) {
      try {
        await publish(sidecar, placed, data, { id })
        acknowledged.add(id)
      } catch (error) {
        if (!(error instanceof DaprError && error.retryable)) throw error
        failures.push(error)
        await Bun.sleep(20)
      }
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      await publishUntilAcknowledged()
      await Bun.sleep(pauseMs)
    }
  }

  const running = Promise.all(Array.from({ length: concurrency }, run))
  return {
    acknowledged,
    failures,
    async stop() {
      isStopped = true
      await running
      return acknowledged
    },
    async [Symbol.asyncDispose]() {
      isStopped = isGivenUp = true
      await Promise.allSettled([running])
    },
  }
}
