import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createLogger, type Logger } from '../src/logger.ts'

export interface CollectedLog {
  log: Logger
  lines: Record<string, unknown>[]
}

/** A service's log, kept line by line. */
export function collectLog(level = 'info'): CollectedLog {
  const lines: Record<string, unknown>[] = []
  const log = createLogger('test', level, { write: line => void lines.push(JSON.parse(line)) })
  return { log, lines }
}

export interface CollectedSpans extends SpanProcessor {
  /** The next span that ends, which is after its response is sent. */
  next(): Promise<ReadableSpan>
}

export function collectSpans(): CollectedSpans {
  const ended: ReadableSpan[] = []
  const waiting: ((span: ReadableSpan) => void)[] = []
  return {
    onStart() {},
    onEnd(span) {
      const take = waiting.shift()
      if (take) take(span)
      else ended.push(span)
    },
    async next() {
      return ended.shift() ?? (await new Promise<ReadableSpan>(resolve => waiting.push(resolve)))
    },
    async forceFlush() {},
    async shutdown() {},
  }
}
