import { join, resolve } from 'node:path'
import { ShopError } from '../shop-error.ts'

/** One shop on this machine: where its state is, which ports and components it uses. Everything else takes it. */
export interface Instance {
  /** The repository. */
  root: string
  /** Where `.local` is, and the working directory of every sidecar. */
  home: string
  /** Added to every port, so that a second shop runs beside a running one. */
  portOffset: number
  /** The gateway's app port; without it, the one of its service.yaml plus the offset. */
  gatewayPort: number | undefined
  /** The folder below `components` that the sidecars load. */
  set: string
  /** No mTLS, no access control, no tokens. */
  insecure: boolean
  sentryPort: number
  dataDir: string
  runDir: string
  logDir: string
}

export interface InstanceOptions {
  root: string
  env?: Record<string, string | undefined>
  set?: string | undefined
  insecure?: boolean | undefined
  /** For `dapr run -f`: the stock CLI looks for sentry nowhere but on port 50001. @default false */
  stockCli?: boolean
}

// 50001 is in the range that systems lend to outgoing connections: where the CLI does not ask for it, sentry is
// with the others, on a port that nobody takes by accident.
const sentryPorts = { own: 8509, stockCli: 50_001 }

/** Keeps every port below 32768, where Linux begins to lend ports to outgoing connections. */
export const largestOffset = 15_000

/** The set of components that needs nothing but what comes with the project. */
export const defaultSet = 'embedded'

/** The app that the public talks to. */
export const edgeApp = 'gateway'

/**
 * Reads SHOP_HOME (default: the repository), SHOP_PORT_OFFSET (default: 0), SHOP_SET (default: embedded) and GATEWAY_PORT.
 * @throws ShopError for a variable that is no port or offset
 */
export function readInstance({
  root,
  env = process.env,
  set = env.SHOP_SET || defaultSet,
  insecure = false,
  stockCli = false,
}: InstanceOptions): Instance {
  const home = resolve(root, env.SHOP_HOME || '.')
  const local = join(home, '.local')
  const portOffset = number(env, 'SHOP_PORT_OFFSET', 0, largestOffset) ?? 0
  return {
    root,
    home,
    portOffset,
    gatewayPort: number(env, 'GATEWAY_PORT', 1, 65_535),
    set,
    insecure,
    sentryPort: stockCli ? sentryPorts.stockCli : sentryPorts.own + portOffset,
    dataDir: join(local, 'data'),
    runDir: join(local, 'run'),
    logDir: join(local, 'logs'),
  }
}

function number(
  env: Record<string, string | undefined>,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new ShopError(`${name} is '${text}'. Set it to a whole number from ${min} to ${max}, or unset it.`)
}
