import { isDeepStrictEqual } from 'node:util'
import type { Peer } from '../peer.ts'

/** Waits until all that was published to a topic before is done with: its deliveries come one after the other. */
export async function settle(peer: Peer, topic: string, last: unknown): Promise<void> {
  await peer.publish(topic, last)
  await peer.reported(topic, ({ data }) => isDeepStrictEqual(data, last))
}

/** What daprd knows of the subscription to a topic. */
export async function subscriptionTo({ sidecar }: Peer, topic: string) {
  const answer = await sidecar.request('/v1.0/metadata')
  const { subscriptions } = (await answer.json()) as {
    subscriptions: { topic: string; metadata?: Record<string, string> }[]
  }
  return subscriptions.find(subscription => subscription.topic === topic)
}
