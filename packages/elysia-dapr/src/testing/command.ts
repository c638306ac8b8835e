import type { DaprdOptions } from './daprd.ts'

/** How daprd probes the app. Source: https://docs.dapr.io/operations/resiliency/health-checks/app-health/ */
export interface HealthCheck {
  /** @default `/healthz` */
  path?: string
  /** Seconds between two probes. @default 5 */
  intervalSeconds?: number
  /** Longest time for an answer, in milliseconds. @default 500 */
  timeoutMs?: number
  /** Failures in a row after which the app is taken for unhealthy. @default 3 */
  threshold?: number
}

/** The ports of a sidecar; `app` when it has one. */
export interface Ports {
  http: number
  grpc: number
  internal: number
  metrics: number
  app?: number
}

export interface Command {
  args: string[]
  env: NodeJS.ProcessEnv
}

export interface CommandParts {
  appId: string
  ports: Ports
  /** Folders. */
  resources: string[]
  /** File. */
  configuration: string
}

/** The arguments of daprd. Those of the user come last, where they win. */
export function commandOf(
  { placement = '', scheduler = '', healthCheck, maxBodySize, logLevel = 'info', args = [] }: DaprdOptions,
  { appId, ports, resources, configuration }: CommandParts,
): string[] {
  return [
    ...['--app-id', appId, '--config', configuration, '--log-level', logLevel],
    ...resources.flatMap(folder => ['--resources-path', folder]),
    ...['--dapr-listen-addresses', loopback, '--dapr-internal-grpc-listen-address', loopback],
    ...['--metrics-listen-address', loopback, '--metrics-port', `${ports.metrics}`],
    ...['--dapr-http-port', `${ports.http}`, '--dapr-grpc-port', `${ports.grpc}`],
    ...['--dapr-internal-grpc-port', `${ports.internal}`, '--dapr-graceful-shutdown-seconds', '1'],
    ...['--placement-host-address', placement, '--scheduler-host-address', scheduler],
    ...(ports.app === undefined ? [] : ['--app-port', `${ports.app}`, '--app-channel-address', loopback]),
    ...(healthCheck ? healthArguments(healthCheck === true ? {} : healthCheck) : []),
    ...(maxBodySize === undefined ? [] : ['--max-body-size', maxBodySize]),
    ...args,
  ]
}

const loopback = '127.0.0.1'

function healthArguments({ path, intervalSeconds, timeoutMs, threshold }: HealthCheck): string[] {
  const named = {
    '--app-health-check-path': path,
    '--app-health-probe-interval': intervalSeconds,
    '--app-health-probe-timeout': timeoutMs,
    '--app-health-threshold': threshold,
  }
  const given = Object.entries(named).filter(([, value]) => value !== undefined)
  return ['--enable-app-health-check', ...given.flatMap(([name, value]) => [name, `${value}`])]
}

/** This process's own environment without what would make another sidecar of daprd, and with the tokens. */
export function environmentOf({
  apiToken,
  appToken,
  env = {},
}: {
  apiToken: string
  appToken: string
  env: Record<string, string> | undefined
}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !ofDapr.test(name))
  return {
    ...Object.fromEntries(inherited),
    DAPR_HOST_IP: loopback,
    ...(apiToken && { DAPR_API_TOKEN: apiToken }),
    ...(appToken && { APP_API_TOKEN: appToken }),
    ...env,
  }
}

const ofDapr = /^(DAPR_|OTEL_|APP_API_TOKEN$|NAMESPACE$)/
