import type { Static, TSchema } from '@sinclair/typebox'
import type { Topic } from '../contract.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, type Sidecar } from './sidecar.ts'

export interface PublishOptions extends CallOptions {
  /** CloudEvent id: consumers recognise a repeated event by it. @default made by the sidecar */
  id?: string
  /** CloudEvent type. @default `com.dapr.event.sent` */
  type?: string
  /** CloudEvent subject. */
  subject?: string
}

/**
 * Publishes one event; resolves when the broker has it.
 * @throws DaprError
 * @throws TypeError for data that JSON cannot hold, or a topic that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/pubsub_api/
 */
export async function publish<Data extends TSchema>(
  sidecar: Sidecar,
  topic: Topic<Data>,
  data: Static<Data>,
  { id, type, subject, ...call }: PublishOptions = {},
): Promise<void> {
  const query = new URLSearchParams()
  if (id !== undefined) query.set('metadata.cloudevent.id', id)
  if (type !== undefined) query.set('metadata.cloudevent.type', type)
  if (subject !== undefined) query.set('metadata.cloudevent.subject', subject)
  const path = `/v1.0/publish/${segment('a pub/sub component', topic.pubsub)}/${segment('a topic', topic.name)}?${query}`
  const answer = await sidecar.request(
    path,
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) },
    call,
  )
  await assertOk(answer, `publish to ${topic.name}`)
}
