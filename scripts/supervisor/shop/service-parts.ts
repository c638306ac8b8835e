import { sidecarEnvironment } from '../../../dapr/sidecar-settings.ts'
import { controlPlane } from '../infrastructure/control-plane.ts'
import type { Tokens } from '../infrastructure/secrets.ts'
import { appEnv, serverEnv } from '../processes/environment.ts'
import { type Part, sidecarName } from '../processes/part.ts'
import { answersGrpc, answersHttp } from '../processes/probe.ts'
import { edgeApp, type Instance } from '../session/instance.ts'
import type { NamedPort } from './ports.ts'
import type { RunApp } from './runfile.ts'

/** How a run keeps strangers out; undefined when insecure. */
export interface Security {
  tokens: Tokens
  /** The text of sentry's ca.crt. */
  trustAnchors: string
}

export interface AppOptions {
  security: Security | undefined
  /** Reload on change. */
  watch?: boolean
  /** Port of the debugger. */
  inspect?: number | undefined
}

const loopback = '127.0.0.1'

export function portsOfApp(app: RunApp): NamedPort[] {
  return [
    { port: app.appPort, use: app.id },
    { port: app.httpPort, use: `${app.id}'s sidecar, HTTP` },
    { port: app.grpcPort, use: `${app.id}'s sidecar, gRPC` },
    { port: app.internalGrpcPort, use: `${app.id}'s sidecar, internal gRPC` },
    { port: app.metricsPort, use: `${app.id}'s sidecar, metrics` },
  ]
}

export function appPart(app: RunApp, { security, watch = false, inspect }: AppOptions): Part {
  const env: Record<string, string> = {
    ...appEnv(),
    ...app.env,
    APP_ID: app.id,
    APP_PORT: String(app.appPort),
    DAPR_HTTP_PORT: String(app.httpPort),
    DAPR_GRPC_PORT: String(app.grpcPort),
  }
  if (security)
    Object.assign(env, { DAPR_API_TOKEN: security.tokens.daprApi, APP_API_TOKEN: security.tokens.appApi })
  const headers = security ? { 'dapr-api-token': security.tokens.appApi } : {}
  return {
    name: app.id,
    role: app.id === edgeApp ? 'edge' : 'app',
    command: appCommand(app.command, watch, inspect),
    cwd: app.directory,
    env,
    answers:
      app.protocol === 'grpc'
        ? signal => answersGrpc(app.appPort, { headers, signal })
        : signal => answersHttp(`http://${loopback}:${app.appPort}${app.healthPath}`, { headers, signal }),
  }
}

/** `bun` is this very Bun, the pinned one, whatever the PATH holds. */
function appCommand(
  [program = '', ...args]: string[],
  watch: boolean,
  inspect: number | undefined,
): string[] {
  if (program !== 'bun') return [program, ...args]
  return [
    process.execPath,
    ...(watch ? ['--watch', '--no-clear-screen'] : []),
    ...(inspect === undefined ? [] : [`--inspect=${loopback}:${inspect}/`]),
    ...args,
  ]
}

export function sidecarPart(
  app: RunApp,
  { daprd, instance, security }: { daprd: string; instance: Instance; security: Security | undefined },
): Part {
  const { placement, scheduler, sentry } = controlPlane(instance)
  const env: Record<string, string> = {
    // the person's own come after them
    ...sidecarEnvironment,
    ...serverEnv(instance),
    NAMESPACE: 'default',
    // what it registers for the others to find; otherwise the address of a network card, where it does not listen
    DAPR_HOST_IP: loopback,
  }
  if (security) {
    Object.assign(env, {
      DAPR_TRUST_ANCHORS: security.trustAnchors,
      DAPR_API_TOKEN: security.tokens.daprApi,
      APP_API_TOKEN: security.tokens.appApi,
    })
  }
  return {
    name: sidecarName(app.id),
    role: 'sidecar',
    command: [
      ...[daprd, '--app-id', app.id, '--app-port', String(app.appPort), '--config', app.configFile],
      ...app.resourcesPaths.flatMap(path => ['--resources-path', path]),
      ...['--dapr-http-port', String(app.httpPort), '--dapr-grpc-port', String(app.grpcPort)],
      ...[
        '--dapr-internal-grpc-port',
        String(app.internalGrpcPort),
        '--metrics-port',
        String(app.metricsPort),
      ],
      ...['--dapr-listen-addresses', loopback, '--dapr-internal-grpc-listen-address', loopback],
      ...['--metrics-listen-address', loopback],
      ...['--placement-host-address', placement, '--scheduler-host-address', scheduler],
      ...(sentry === undefined ? [] : ['--enable-mtls', '--sentry-address', sentry]),
      // see drain.ts: the app ends between the two signals that this makes room for
      ...['--dapr-block-shutdown-duration', '15s', '--dapr-graceful-shutdown-seconds', '5'],
      ...app.flags,
    ],
    cwd: instance.home,
    env,
    answers: signal => answersHttp(`http://${loopback}:${app.httpPort}/v1.0/healthz/outbound`, { signal }),
  }
}
