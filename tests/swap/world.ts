import type { DemoResult } from '../../scripts/demo/run-demo.ts'
import type { AnyShop } from '../shop/any-shop.ts'
import { type Ledger, openLedger } from '../shop/faults/ledger.ts'
import type { Probe } from './probe.ts'
import { untilQuiet } from './quiet.ts'

/** A shop that rows ask, wherever it runs, and what only a test does to one. */
export interface World {
  /** Its column of the table. */
  set: string
  shop: AnyShop
  signal: AbortSignal
  /** What is to end before the shop does. */
  cleanup: AsyncDisposableStack
  /**
   * Longest time without any progress of an order, in milliseconds. @default 90_000, longer than an event that a broker
   * has kept from its consumer takes until it is published once more
   */
  patience?: number
  /** Fails when the shop ends; at once when it has. */
  life: Promise<never>
  /** What can be killed of the services and their sidecars, by name. */
  parts(): Promise<string[]>
  servers(behind: 'events' | 'states'): Promise<Servers>
  /** Kills a part or a server, without warning, and waits until it runs again. */
  kill(name: string): Promise<void>
  /** Kills a service and its sidecar at once, and does not wait for others. */
  cutOff(service: string): Promise<void>
  /** Has a service leave what it is to change undone, and unanswered. @returns what lets it go on */
  hold(service: 'inventory' | 'shipping'): Promise<() => Promise<void>>
  /** Makes inventory's handler of confirmed orders fail, as a disk that is full would. */
  fulfilment: { break(): Promise<void>; repair(): Promise<void> }
  /** @throws Error when one of the dead letters cannot be replayed */
  replayLetters(): Promise<void>
  /** The metrics of an app's sidecars, as each of them tells. */
  metrics(app: string): Promise<string[]>
  /** What all sidecars of the shop have resident, in bytes. */
  sidecarMemory(): Promise<number>
  /** Lets one more consumer listen, until `cleanup`. */
  startProbe(): Promise<Probe>
  /** Northwind's orders, all of them. */
  demo(): Promise<DemoResult>
  /** Takes back what a row may have left that did not come to its end. */
  calm(): Promise<void>
}

export interface Servers {
  /** Those that `kill` takes. */
  names: readonly string[]
  /** What to say when there is none to kill. */
  none: string
}

/** Makes something once for each shop, when it is first asked for; who asks later gets the same, or the same failure. */
export function perWorld<Made>(make: (world: World) => Promise<Made>): (world: World) => Promise<Made> {
  const made = new WeakMap<World, Promise<Made>>()
  return world => {
    const known = made.get(world) ?? make(world)
    made.set(world, known)
    return known
  }
}

const ledgers = new WeakMap<World, Ledger>()

/** The books of all orders that rows place, from the first row on that found the shop quiet. */
export async function ledgerOf(world: World): Promise<Ledger> {
  const { shop, patience = 90_000 } = world
  const known = ledgers.get(world)
  if (known) return known
  // what others ordered before is not to be counted later
  await untilQuiet(shop)
  const ledger = await openLedger(shop, patience)
  ledgers.set(world, ledger)
  return ledger
}
