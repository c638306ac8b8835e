import { dirname, join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { edgeApp, type Instance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'

/** One entry of the run file, with what is common to all merged in, paths absolute and ports as this instance has them. */
export interface RunApp {
  id: string
  appPort: number
  httpPort: number
  grpcPort: number
  internalGrpcPort: number
  metricsPort: number
  /** Where the app runs. */
  directory: string
  command: string[]
  env: Record<string, string>
  configFile: string
  resourcesPaths: string[]
  /** Asked of an app that speaks HTTP; one that speaks gRPC has Dapr's own method for it. */
  healthPath: string
  protocol: 'http' | 'grpc'
  /** The other keys, each as the flag of daprd that it stands for. */
  flags: string[]
}

type Keys = Record<string, unknown>

// https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/multi-app-template/
// and the `arg` tags of github.com/dapr/cli pkg/standalone/run.go. Addresses and ports are handled apart.
const flagOf: Record<string, string> = {
  appProtocol: 'app-protocol',
  appMaxConcurrency: 'app-max-concurrency',
  enableAppHealthCheck: 'enable-app-health-check',
  appHealthCheckPath: 'app-health-check-path',
  appHealthProbeInterval: 'app-health-probe-interval',
  appHealthProbeTimeout: 'app-health-probe-timeout',
  appHealthThreshold: 'app-health-threshold',
  maxBodySize: 'max-body-size',
  readBufferSize: 'read-buffer-size',
  enableApiLogging: 'enable-api-logging',
  logLevel: 'log-level',
}
const handledApart = new Set([
  ...[
    'appID',
    'appDirPath',
    'appPort',
    'daprHTTPPort',
    'daprGRPCPort',
    'daprInternalGRPCPort',
    'metricsPort',
  ],
  ...['configFilePath', 'resourcesPaths', 'command', 'env', 'apiListenAddresses'],
  ...[
    'placementHostAddress',
    'schedulerHostAddress',
    'daprdLogDestination',
    'appLogDestination',
    'runtimePath',
  ],
])

export function runFilePath(root: string): string {
  return join(root, 'dapr/dapr.yaml')
}

/**
 * Reads Dapr's multi-app run file, as `dapr run -f` does: app keys win over common ones; common paths are relative to
 * the file, an app's to its appDirPath.
 * @throws ShopError for a key that is missing or that `start` cannot honour
 */
export async function readRunFile(instance: Instance): Promise<RunApp[]> {
  const file = runFilePath(instance.root)
  const { common = {}, apps = [] }: { common?: Keys; apps?: Keys[] } =
    parse(await Bun.file(file).text()) ?? {}
  if (apps.length === 0) throw new ShopError(`${shown(instance, file)} names no app. Run 'bun run generate'.`)
  return apps.map(app => toRunApp(app, common, instance))
}

function toRunApp(app: Keys, common: Keys, instance: Instance): RunApp {
  const file = runFilePath(instance.root)
  const merged: Keys = { ...common, ...app, env: { ...(common.env as Keys), ...(app.env as Keys) } }
  const id = String(required('appID'))
  const directory = resolve(dirname(file), String(required('appDirPath')))
  const basePaths = app.resourcesPaths === undefined ? dirname(file) : directory
  const flags = Object.entries(merged)
    .filter(([key]) => !handledApart.has(key))
    .flatMap(([key, value]) => toFlag(key, value))
  return {
    id,
    appPort: id === edgeApp ? (instance.gatewayPort ?? port('appPort')) : port('appPort'),
    httpPort: port('daprHTTPPort'),
    grpcPort: port('daprGRPCPort'),
    internalGrpcPort: port('daprInternalGRPCPort'),
    metricsPort: port('metricsPort'),
    directory,
    command: (required('command') as unknown[]).map(String),
    env: Object.fromEntries(Object.entries(merged.env as Keys).map(([name, value]) => [name, String(value)])),
    configFile: instance.insecure
      ? join(instance.root, 'dapr/configuration/insecure.yaml')
      : resolve(directory, String(required('configFilePath'))),
    resourcesPaths: (required('resourcesPaths') as unknown[]).map(path =>
      withSet(resolve(basePaths, String(path)), instance),
    ),
    healthPath: String(merged.appHealthCheckPath ?? '/healthz'),
    protocol: merged.appProtocol === 'grpc' ? 'grpc' : 'http',
    flags,
  }

  function required(key: string): unknown {
    if (merged[key] !== undefined) return merged[key]
    throw new ShopError(
      `${shown(instance, file)}: ${String(merged.appID ?? 'an app')} has no ${key}. Run 'bun run generate'.`,
    )
  }

  function port(key: string): number {
    return Number(required(key)) + instance.portOffset
  }

  function toFlag(key: string, value: unknown): string[] {
    const flag = flagOf[key]
    if (flag === undefined) {
      throw new ShopError(
        `${shown(instance, file)}: 'bun start' does not know the key ${key}. ` +
          'Remove it, or give it its daprd flag in scripts/supervisor/shop/runfile.ts.',
      )
    }
    return [`--${flag}=${String(value)}`]
  }
}

/** The run file names the embedded components; another set takes their place. */
export function withSet(path: string, { root, set }: Instance): string {
  return dirname(path) === join(root, 'components') ? join(root, 'components', set) : path
}

function shown({ root }: Instance, file: string): string {
  return relative(root, file)
}
