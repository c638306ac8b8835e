import type { Subscription } from './subscription.ts'

/** What is wrong with the dead letters that the app reads itself: daprd would move them in circles, or fail on each. */
export function findDeadLetterFault(subscriptions: Subscription[]): string | undefined {
  for (const subscription of subscriptions) {
    const own = subscriptions.filter(({ pubsubname }) => pubsubname === subscription.pubsubname)
    const next = ({ deadLetterTopic }: Subscription) => own.find(({ topic }) => topic === deadLetterTopic)
    const name = `${subscription.pubsubname}/${subscription.topic}`

    const letters = next(subscription)
    if (letters && isRaw(subscription) && !isRaw(letters)) {
      return `the dead letters of ${name} are raw as it is: subscribe to ${letters.topic} with raw`
    }
    const seen = new Set<Subscription>()
    for (let at = letters; at && !seen.has(at); at = next(at)) {
      if (at === subscription)
        return `the dead letters of ${name} come back to it: they would be delivered for ever`
      seen.add(at)
    }
  }
  return undefined
}

function isRaw({ metadata }: Subscription): boolean {
  return metadata?.rawPayload === 'true'
}
