import { milliseconds } from './values.ts'

/** A Dapr resource of that kind, with the fields that are read. */
export interface Resiliency {
  spec?: {
    policies?: { timeouts?: Record<string, string>; retries?: Record<string, Retry> }
    targets?: { components?: Record<string, Target> }
  }
  scopes?: string[]
}

interface Target {
  inbound?: { timeout?: string; retry?: string }
}

interface Retry {
  policy?: string
  duration?: string
  maxInterval?: string
  maxRetries?: number
}

/** How a sidecar retries what a component delivers to its app. */
export interface Retries {
  /** The name of the policy; undefined: none is asked for. */
  name: string | undefined
  /** The policies that there are. */
  known: string[]
  /** How often; 0 also when there is no such policy. */
  times: number
  /** How long all attempts and pauses take at most, in milliseconds; an attempt without a time-out counts nothing. */
  longest: number
}

/**
 * By the Resiliency documents that a sidecar reads, in their order.
 * https://github.com/dapr/dapr/blob/v1.18.2/pkg/resiliency/resiliency.go, ComponentInboundPolicy and getDefaultPolicy
 */
export function inboundRetries(
  documents: readonly Resiliency[],
  { component, app }: { component: string; app: string },
): Retries {
  const specs = documents
    .filter(({ scopes }) => !Array.isArray(scopes) || scopes.length === 0 || scopes.includes(app))
    .map(({ spec }) => spec)
  const retries: Record<string, Retry> = Object.assign({}, ...specs.map(spec => spec?.policies?.retries))
  const timeouts: Record<string, string> = Object.assign({}, ...specs.map(spec => spec?.policies?.timeouts))
  const targets: Record<string, Target> = Object.assign({}, ...specs.map(spec => spec?.targets?.components))
  const target = targets[component]
  const name = target ? target.inbound?.retry : defaultOf('Retry', retries)
  const timeout = target ? target.inbound?.timeout : defaultOf('Timeout', timeouts)
  const retry = name === undefined ? undefined : retries[name]
  const attempt = milliseconds(String(timeouts[timeout ?? ''] ?? 0), 1) || 0
  const known = Object.keys(retries)
  return { name, known, ...(retry ? timesOf(retry, attempt) : { times: 0, longest: attempt }) }
}

function defaultOf(what: 'Retry' | 'Timeout', policies: Record<string, unknown>): string | undefined {
  return ['PubsubComponentInbound', 'ComponentInbound', 'Component', '']
    .map(level => `Default${level}${what}Policy`)
    .find(name => name in policies)
}

const maxElapsed = 15 * 60_000

/** Defaults are those of https://github.com/dapr/kit/blob/v0.18.2/retry/retry.go. */
function timesOf(
  { policy = 'constant', duration = '5s', maxInterval = '60s', maxRetries = -1 }: Retry,
  attempt: number,
): Pick<Retries, 'times' | 'longest'> {
  const times = maxRetries < 0 ? Number.POSITIVE_INFINITY : maxRetries
  const most = milliseconds(String(maxInterval), 1)
  let longest = attempt
  if (policy.toLowerCase() !== 'exponential') {
    const pause = milliseconds(String(duration), 1)
    return { times, longest: times === 0 ? attempt : attempt + times * (pause + attempt) }
  }
  // each pause is up to half as long again by chance
  for (let n = 0, pause = 500; n < times && longest < maxElapsed; n++, pause *= 1.5)
    longest += 1.5 * Math.min(pause, most) + attempt
  return { times, longest }
}
