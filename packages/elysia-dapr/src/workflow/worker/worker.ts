import { Buffer } from 'node:buffer'
import { setTimeout } from 'node:timers/promises'
import { DaprError } from '../../errors.ts'
import type { Activity } from '../activity.ts'
import type { Workflow } from '../workflow.ts'
import { activityQueue } from './activity-queue.ts'
import { grpcOrigin } from './endpoint.ts'
import { type Channel, openChannel } from './grpc.ts'
import { methods } from './messages.ts'
import { runActivity } from './run-activity.ts'
import { serve } from './serve.ts'
import { untilTaken } from './taken.ts'

/** What a worker runs, and which sidecar it takes work from. */
export interface WorkerOptions {
  /** All versions of all workflows that may have instances. */
  workflows?: readonly Workflow[]
  /** All activities that those, and workflows of other apps, call here. A call of one that no worker has waits for it. */
  activities?: readonly Activity[]
  /** Address of the sidecar's gRPC API. @default `DAPR_GRPC_ENDPOINT`, else 127.0.0.1:`DAPR_GRPC_PORT` (50001) */
  endpoint?: string
  /** Token that the sidecar asks for. @default `DAPR_API_TOKEN` */
  apiToken?: string
  /** How many activities run at once; the others wait. @default 100 */
  concurrency?: number
  /** Stops the worker, as `stop` does. */
  signal?: AbortSignal
  /**
   * Told of what the worker survives: a sidecar that is away, or takes no worker until it is started again (DaprError
   * `WORKER_NOT_TAKEN`), an instance whose workflow is not
   * here, an answer that nobody waits for. What it throws ends the process.
   * @default a line on the console
   */
  onError?: (error: Error) => void
}

/** A worker that runs until it is stopped, or until the end of its `await using` scope. */
export interface Worker extends AsyncDisposable {
  /**
   * Resolves when the sidecar takes a worker for the first time. Workflows can be started before; events cannot be
   * raised, since the sidecar refuses them.
   * Rejects with DaprError `ABORTED` when the worker is stopped before.
   */
  readonly ready: Promise<void>
  /**
   * Takes no more work and gives the activities under way this many milliseconds to end (default 10_000). What does
   * not end in time gets its signal aborted, and is done again by a worker that runs later.
   */
  stop(options?: { timeout?: number }): Promise<void>
}

/** In milliseconds: between attempts to reach the sidecar, and without a turn before the worker leaves. */
const pause = { first: 100, longest: 5_000, quiet: 200 }

/**
 * Runs workflows and activities. Waits for the sidecar as long as it takes, and connects again whenever the
 * connection is lost; the sidecar then asks again for what has no answer, and no work is lost.
 * @throws TypeError for an endpoint or a concurrency that is none, and for two definitions of one name
 * Source: https://docs.dapr.io/developing-applications/building-blocks/workflow/workflow-architecture/
 *
 * @example
 * await using worker = startWorker({ workflows: [checkoutV1, checkoutV2], activities: [reserve, charge] })
 */
export function startWorker({
  workflows = [],
  activities = [],
  endpoint = process.env.DAPR_GRPC_ENDPOINT || `127.0.0.1:${process.env.DAPR_GRPC_PORT || '50001'}`,
  apiToken = process.env.DAPR_API_TOKEN,
  concurrency = 100,
  signal,
  onError = error => console.error('workflow worker:', error),
}: WorkerOptions = {}): Worker {
  if (!(concurrency >= 1)) throw new TypeError(`a concurrency of ${concurrency} runs nothing`)
  const origin = grpcOrigin(endpoint)
  const workflowsByName = byName(workflows)
  const activitiesByName = byName(activities)
  const stopping = new AbortController()
  const abandoned = new AbortController()
  // Thrown in here, an error would end the worker and nothing else.
  const report = (error: Error) => queueMicrotask(() => onError(error))
  const [ready, settleReady] = withResolvers()
  // Nobody has to wait for it.
  ready.catch(() => {})
  let channel: Channel | undefined
  let stopped: Promise<void> | undefined
  let lastTurn = Number.NEGATIVE_INFINITY

  const queue = activityQueue(
    request => {
      const { name = '' } = request
      if (!activitiesByName.has(name)) report(new Error(`this worker lacks the activity ${name}`))
      return runActivity(request, activitiesByName, abandoned.signal)
    },
    { concurrency },
  )

  async function connect(): Promise<void> {
    channel = await openChannel(origin, { apiToken })
    const ended = new AbortController()
    try {
      stopping.signal.throwIfAborted()
      await channel.call(methods.hello, Buffer.alloc(0))
      const onTurn = () => {
        lastTurn = performance.now()
      }
      const served = serve(channel, {
        workflows: workflowsByName,
        activities: queue,
        onError: report,
        onTurn,
      })
      void untilTaken(channel, report, { signal: ended.signal }).then(taken => taken && settleReady.resolve())
      await served
    } finally {
      ended.abort()
      channel.close()
      queue.clear()
    }
  }

  async function supervise(): Promise<void> {
    for (let delay = pause.first; !stopping.signal.aborted; delay = Math.min(delay * 2, pause.longest)) {
      const start = performance.now()
      await connect().catch(error => {
        if (!stopping.signal.aborted) report(error)
      })
      if (performance.now() - start > pause.longest) delay = pause.first
      await setTimeout(delay * (0.5 + Math.random()), undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const supervised = supervise()

  async function shutDown(timeout: number): Promise<void> {
    signal?.removeEventListener('abort', onAbort)
    const deadline = new AbortController()
    const late = setTimeout(timeout, undefined, { signal: deadline.signal }).catch(() => {})
    await Promise.race([late, queue.drain().then(() => turnsEnded(deadline.signal))])
    deadline.abort()
    stopping.abort()
    channel?.close()
    const reason = new DaprError('the worker is stopped', { code: 'ABORTED' })
    abandoned.abort(reason)
    settleReady.reject(reason)
    await supervised
  }

  /**
   * daprd 1.18 takes no worker any more, until it is started again itself, when its last one leaves while turns of a
   * workflow are queued: it waits for the turns, and they for a worker.
   */
  async function turnsEnded(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && performance.now() - lastTurn < pause.quiet) {
      await setTimeout(pause.quiet / 4, undefined, { signal }).catch(() => {})
    }
  }

  function stop({ timeout = 10_000 }: { timeout?: number } = {}): Promise<void> {
    stopped ??= shutDown(timeout)
    return stopped
  }

  const onAbort = () => void stop()
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })

  return { ready, stop, [Symbol.asyncDispose]: () => stop() }
}

function byName<T extends { name: string; kind: string }>(definitions: readonly T[]): Map<string, T> {
  const found = new Map<string, T>()
  for (const definition of definitions) {
    const { name, kind } = definition
    if (found.has(name)) throw new TypeError(`two definitions of the ${kind} ${name}`)
    found.set(name, definition)
  }
  return found
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): [Promise<void>, { resolve: () => void; reject: (reason: unknown) => void }] {
  const settle = { resolve: () => {}, reject: (_: unknown) => {} }
  const promise = new Promise<void>((resolve, reject) => Object.assign(settle, { resolve, reject }))
  return [promise, settle]
}
