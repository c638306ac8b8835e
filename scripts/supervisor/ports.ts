import { createServer } from 'node:net'
import { holderOf, type PortHolder } from './port-holder.ts'
import { listens } from './probe.ts'
import { ShopError } from './shop-error.ts'

export interface NamedPort {
  port: number
  /** What of the shop listens there, as in `orders' sidecar, HTTP`. */
  use: string
}

export interface TakenPort extends NamedPort {
  holder: PortHolder | undefined
}

/** Those of the ports that somebody already listens on. */
export async function takenPorts(ports: NamedPort[]): Promise<TakenPort[]> {
  const taken = await Promise.all(ports.map(async port => ({ port, free: await isFree(port.port) })))
  return taken.filter(({ free }) => !free).map(({ port }) => ({ ...port, holder: holderOf(port.port) }))
}

/** @throws ShopError that names every taken port, who holds it, and the ways out */
export async function assertPortsFree(ports: NamedPort[]): Promise<void> {
  const taken = await takenPorts(ports)
  if (taken.length === 0) return
  const holders = [...new Set(taken.map(({ holder }) => holder?.pid))].filter(pid => pid !== undefined)
  throw new ShopError(
    [
      ...taken.map(describeTaken),
      holders.length > 0
        ? `Stop what holds ${taken.length > 1 ? 'them' : 'it'} (kill ${holders.join(' ')}), or`
        : 'Stop what holds it, or',
      'run this shop on other ports: SHOP_PORT_OFFSET=100 moves all of them, GATEWAY_PORT=9000 the public one alone.',
    ].join('\n'),
  )
}

export function describeTaken({ port, use, holder }: TakenPort): string {
  const who = holder
    ? `process ${holder.pid}: ${shorten(holder.command)}`
    : `a process that this user may not see (sudo lsof -i :${port} names it)`
  return `Port ${port} (${use}) is taken by ${who}`
}

function shorten(command: string): string {
  return command.length > 100 ? `${command.slice(0, 99)}…` : command
}

async function isFree(port: number): Promise<boolean> {
  // Binding alone is not enough: macOS lets 127.0.0.1 be bound beside somebody's 0.0.0.0.
  return !(await listens(port)) && (await canBind(port))
}

async function canBind(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)))
  return await promise
}
