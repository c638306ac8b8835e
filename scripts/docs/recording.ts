/** A span as it came; times in milliseconds since 1970. */
export interface Span {
  service: string
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  start: number
  end: number
  attributes: Record<string, string>
}

/** An event that a service has published. */
export interface Published {
  topic: string
  /** Its CloudEvent id, by which its consumers' spans know it. */
  id: string
  source: string
  type: string
  /** When the broker passed it on, in milliseconds since 1970. */
  at: number
  /** The span in which it was committed. */
  traceId: string
  spanId: string
}

/** An entry of the order's own log: `GET /orders/:id/history`. */
export interface HistoryEntry {
  version: number
  type: string
  at: string
  data: unknown
}

/** All that was seen of one order. */
export interface Recording {
  orderId: string
  /** How it ended: its status, and the reason if there is one. */
  status: string
  reason?: string
  spans: Span[]
  published: Published[]
  history: HistoryEntry[]
}

/** Where a recording is kept, relative to the repository root. */
export function recordedAt(name: string): string {
  return `scripts/docs/recorded/${name}.json`
}
