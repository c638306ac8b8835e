import { kept } from '../letters.ts'
import type { Shop } from '../shop.ts'

/** The events that nobody could handle: those that were given up, and those that wait for a missing one. */
export async function leftOver(shop: Shop): Promise<string[]> {
  const { deadLetters, parked } = await kept(shop)
  return [
    ...deadLetters.map(({ service, event }) => `${service}, dead letter: ${JSON.stringify(event)}`),
    ...parked.map(({ service, topic, key, version }) => `${service}, parked: ${topic} ${key} ${version}`),
  ]
}
