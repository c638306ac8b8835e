import { trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'

export type { Logger }

const credentials = ['authorization', 'cookie', 'password', 'secret', 'token', '["dapr-api-token"]']
const depths = ['', '*', '*.*', '*.*.*']

/**
 * Structured logs, on standard output unless told otherwise: one JSON object a line, each with the ids of the active
 * trace and span. A field that is named like a credential is replaced, down to the fourth level; of an error under
 * `err`, only what tells the fault is written, never the body of somebody's answer.
 */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: depths.flatMap(depth => credentials.map(name => pathTo(depth, name))),
    serializers: { err: serializeError },
    mixin() {
      const span = trace.getActiveSpan()?.spanContext()
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {}
    },
  }
  return destination ? pino(options, destination) : pino(options)
}

function pathTo(depth: string, name: string): string {
  return depth === '' || name.startsWith('[') ? `${depth}${name}` : `${depth}.${name}`
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { name, message, stack, cause } = error
  const { code, status } = error as { code?: unknown; status?: unknown }
  return { type: name, message, code, status, stack, ...(cause instanceof Error && { cause: cause.message }) }
}
