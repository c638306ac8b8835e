import type { AnyShop } from '../any-shop.ts'
import type { Kept } from '../letters.ts'

/**
 * Longest time that an event which was lost with its consumer waits, in milliseconds: each is published once more after
 * a minute (packages/journal/src/relay.ts).
 */
const publishedAgain = 75_000
const pause = 500

/** The events that nobody could handle: those that were given up, and those that wait for one that does not come. */
export async function leftOver(shop: AnyShop): Promise<string[]> {
  const deadline = performance.now() + publishedAgain
  let left: Kept
  do {
    left = await shop.kept()
    if (left.parked.length > 0) await Bun.sleep(pause)
  } while (left.parked.length > 0 && performance.now() < deadline)
  return [
    ...left.deadLetters.map(({ service, event }) => `${service}, dead letter: ${JSON.stringify(event)}`),
    ...left.parked.map(
      ({ service, topic, key, version }) => `${service}, parked: ${topic} ${key} ${version}`,
    ),
  ]
}
