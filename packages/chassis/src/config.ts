import { type Static, type TObject, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { fromText } from 'elysia-dapr'

/** What every service is told by its environment, whoever starts it: `bun start`, `dapr run` or Kubernetes. */
export const baseConfig = Type.Object({
  APP_ID: Type.String({ minLength: 1 }),
  APP_PORT: Type.Integer({ minimum: 1, maximum: 65535 }),
  /** Address to listen on; the sidecar of the same machine or pod reaches loopback. */
  APP_HOST: Type.String({ default: '127.0.0.1' }),
  LOG_LEVEL: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map(level => Type.Literal(level)),
    { default: 'info' },
  ),
  /** Base address of an OpenTelemetry collector, as in http://127.0.0.1:4318. Without it no span leaves the service. */
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(Type.String({ pattern: '^https?://' })),
})

/**
 * Reads the configuration from environment variables, converting numbers and filling in defaults.
 * @throws Error that names every variable that is missing or wrong
 */
export function readConfig<Schema extends TObject>(
  schema: Schema,
  env: Record<string, string | undefined> = process.env,
): Static<Schema> {
  const named = Object.fromEntries(Object.keys(schema.properties).map(name => [name, env[name]]))
  const given = Object.fromEntries(
    Object.entries(named).filter(([, value]) => value !== undefined && value !== ''),
  )
  const config = fromText(schema, Value.Default(schema, given) as Record<string, unknown>)
  const problems = [...Value.Errors(schema, config)].map(
    ({ path, message }) => `${path.slice(1)}: ${message}`,
  )
  if (problems.length > 0) {
    throw new Error(`wrong environment: ${[...new Set(problems)].join('; ')}`)
  }
  return config as Static<Schema>
}
