import type { AnyShop } from './any-shop.ts'

export interface PublishedEvent {
  /** Of the CloudEvent. */
  id: string
  data: object
}

/** Publishes to a topic as an app does, by its own sidecar. */
export async function publishAs(
  shop: AnyShop,
  app: string,
  topic: string,
  event: PublishedEvent,
): Promise<void> {
  const query = new URLSearchParams({
    'metadata.cloudevent.id': event.id,
    'metadata.cloudevent.source': app,
  })
  const answer = await shop.askSidecar(app, `/v1.0/publish/pubsub/${topic}?${query}`, event.data)
  if (answer.status !== 204) throw new Error(`publishing to ${topic} was answered ${answer.status}`)
}
