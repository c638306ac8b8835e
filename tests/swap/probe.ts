import type { Arrival } from './deliveries.ts'
import { perWorld, type World } from './world.ts'

/** An event of the shop, as its consumers get it. */
export interface Envelope {
  id: string
  source: string
  data: { type: string; orderId: string; version: number }
}

/** One more consumer beside the shop's own, on its components. */
export interface Probe {
  /** The probe's own events in the order of their arrival, again when they come again. */
  arrivals: Arrival[]
  /** The events of the shop's orders that came, again when they come again. */
  orders: Envelope[]
  /** Publishes as the shop does: those of one key after each other, the keys beside each other. */
  publish(keys: readonly string[], numbers: number): Promise<void>
  /** Leaves each event from now on unanswered. */
  hold(): Promise<void>
  /** Kills it without warning and starts it again; from then on events are answered at once. @returns when it was killed */
  kill(): Promise<number>
}

/** The probe's app, and its own topic. */
export const probeId = 'swap-probe'

/** What the probe does with the topics of the shop's pub/sub component. */
export const probeTopics = { appId: probeId, publishes: [probeId], subscribes: [probeId, 'orders'] }

export const probeOf: (world: World) => Promise<Probe> = perWorld(world => world.startProbe())
