import { join } from 'node:path'
import { leftProcesses } from '../processes/left-processes.ts'
import { isFree } from '../processes/probe.ts'
import { edgeApp, largestOffset } from '../session/instance.ts'
import { folderOf } from './port-holder.ts'
import type { NamedPort, PortSettings, TakenPort } from './ports.ts'

export interface Advice {
  /** What is wrong, one line for each holder. */
  what: string[]
  fix: string
}

interface Situation {
  ports: NamedPort[]
  taken: TakenPort[]
  settings: PortSettings | undefined
}

/** Says who holds the ports, and what a person can do about it; offers only ports that are free. */
export async function waysOut({ ports, taken, settings }: Situation): Promise<Advice> {
  const elsewhere = settings ? await otherPorts(ports, taken, settings) : ''
  const home = shopThatHolds(taken)
  if (home !== undefined) {
    const [first] = taken
    const more = taken.length > 1 ? ` and ${taken.length - 1} more are` : ' is'
    return {
      what: [`Port ${first?.port} (${first?.use})${more} taken by another shop, the one of ${home}.`],
      fix: `End it with SHOP_HOME='${home}' bun run stop${elsewhere}.`,
    }
  }
  const pids = [...new Set(taken.flatMap(({ holder }) => (holder ? [holder.pid] : [])))]
  const stop = `Stop what holds ${taken.length > 1 ? 'them' : 'it'}${pids.length > 0 ? ` (kill ${pids.join(' ')})` : ''}`
  return { what: taken.map(describeTaken), fix: `${stop}${elsewhere}.` }
}

function describeTaken({ port, use, holder }: TakenPort): string {
  const who = holder
    ? `process ${holder.pid}: ${shorten(holder.command)}`
    : `a process that this user may not see (sudo lsof -i :${port} names it)`
  return `Port ${port} (${use}) is taken by ${who}`
}

function shorten(command: string): string {
  return command.length > 100 ? `${command.slice(0, 99)}…` : command
}

/** The home of the shop whose parts hold all these ports. */
function shopThatHolds(taken: TakenPort[]): string | undefined {
  const holders = new Set(taken.map(({ holder }) => holder?.pid))
  const homes = new Set([...holders].map(pid => (pid === undefined ? undefined : folderOf(pid))))
  for (const home of homes) {
    if (home === undefined) continue
    const parts = leftProcesses(join(home, '.local/run')).map(({ pid }) => pid)
    if ([...holders].every(pid => pid !== undefined && parts.includes(pid))) return home
  }
  return undefined
}

async function otherPorts(ports: NamedPort[], taken: TakenPort[], settings: PortSettings): Promise<string> {
  const ways: string[] = []
  // an offset does not move a port that GATEWAY_PORT sets
  const isFixed = ({ port }: NamedPort) => port === settings.gatewayPort
  if (!taken.some(isFixed)) {
    const offset = await freeOffset(
      ports.filter(port => !isFixed(port)),
      settings.portOffset,
    )
    if (offset !== undefined) ways.push(`SHOP_PORT_OFFSET=${offset} moves all of them`)
  }
  if (taken.every(({ use }) => use === edgeApp)) {
    const port = await freePort(ports)
    if (port !== undefined) ways.push(`GATEWAY_PORT=${port} the public one alone`)
  }
  return ways.length > 0 ? `, or run this shop on other ports: ${ways.join(', ')}` : ''
}

// whole thousands: a shop's own ports are less than a thousand apart, smaller steps would meet them
async function freeOffset(ports: NamedPort[], present: number): Promise<number | undefined> {
  for (let offset = 1000; offset <= largestOffset; offset += 1000) {
    if (offset === present) continue
    const free = await Promise.all(ports.map(({ port }) => isFree(port - present + offset)))
    if (free.every(Boolean)) return offset
  }
  return undefined
}

async function freePort(ports: NamedPort[]): Promise<number | undefined> {
  for (let port = 9000; port < 9100; port++) {
    if (!ports.some(each => each.port === port) && (await isFree(port))) return port
  }
  return undefined
}
