import type { Span } from './recording.ts'

/** What a span of the shop is: a call that was answered, a step of a workflow, or an event that was handled. */
export type Kind = 'call' | 'step' | 'event'

/** Undefined for what frameworks and probes add. */
export function kindOf({ name, attributes }: Span): Kind | undefined {
  if (attributes['messaging.message.id'] !== undefined) return 'event'
  if (attributes['dapr.workflow.instance_id'] !== undefined) return 'step'
  if (attributes['rpc.response.status_code'] !== undefined) return 'call'
  const isRequest = /^(GET|HEAD|POST|PUT|PATCH|DELETE) \//.test(name)
  return isRequest && !/ \/(healthz|dapr|events)\b/.test(name) ? 'call' : undefined
}

export function isOfOrders(span: Span): boolean {
  return kindOf(span) !== undefined
}

/** What was under way in the service that has made a call, and whether the trace says so. */
export interface Caller {
  /** Undefined: the call came from outside. */
  span?: Span
  isTraced: boolean
}

/**
 * Who has made a call. A parent in between is the sidecar's own span, which is not here, so it is the span of the same
 * trace that surrounds it, and where the trace does not go on, one of any trace: the innermost of a service that may
 * make the call.
 */
export function callerOf(
  call: Span,
  spans: readonly Span[],
  mayCall: (from: string, to: string) => boolean,
): Caller {
  const around = spans
    .filter(
      ({ service, start, end }) => mayCall(service, call.service) && start <= call.start && call.start <= end,
    )
    .sort((one, other) => other.start - one.start)
  const traced = around.find(({ traceId }) => traceId === call.traceId)
  if (traced) return { span: traced, isTraced: true }
  const [nearest] = around
  return nearest ? { span: nearest, isTraced: false } : { isTraced: true }
}
