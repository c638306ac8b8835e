import { isFree } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'
import { waysOut } from './port-advice.ts'
import { holderOf, type PortHolder } from './port-holder.ts'

export interface NamedPort {
  port: number
  /** What of the shop listens there, as in `orders' sidecar, HTTP`. */
  use: string
}

export interface TakenPort extends NamedPort {
  holder: PortHolder | undefined
}

export type PortSettings = Pick<Instance, 'portOffset' | 'gatewayPort'>

/** Those of the ports that somebody already listens on. */
export async function takenPorts(ports: NamedPort[]): Promise<TakenPort[]> {
  const taken = await Promise.all(ports.map(async port => ({ port, free: await isFree(port.port) })))
  return taken.filter(({ free }) => !free).map(({ port }) => ({ ...port, holder: holderOf(port.port) }))
}

/**
 * `settings` are those that a person can change; without them the ports are fixed.
 * @throws ShopError that names every port that is taken or wanted twice, who holds it, and the ways out
 */
export async function assertPortsFree(ports: NamedPort[], settings?: PortSettings): Promise<void> {
  const twice = wantedTwice(ports)
  if (twice.length > 0) {
    throw new ShopError(
      [...twice, 'Give each its own: GATEWAY_PORT sets the public one, service.yaml all others.'].join('\n'),
    )
  }
  const taken = await takenPorts(ports)
  if (taken.length === 0) return
  const { what, fix } = await waysOut({ ports, taken, settings })
  throw new ShopError([...what, fix].join('\n'))
}

/** Two that listen with SO_REUSEPORT would both start, and answer in turns. One line each. */
export function wantedTwice(ports: NamedPort[]): string[] {
  const uses = Map.groupBy(ports, ({ port }) => port)
  return [...uses]
    .filter(([, named]) => named.length > 1)
    .map(([port, named]) => `Port ${port} is wanted by ${named.map(({ use }) => use).join(' and ')}.`)
}
