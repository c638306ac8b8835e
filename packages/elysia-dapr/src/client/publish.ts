import type { Static, TSchema } from '@sinclair/typebox'
import type { Topic } from '../contract.ts'
import { appIdOf, forgetAppId } from './app-id.ts'
import { toQuery } from './metadata-query.ts'
import { activeTrace, type EventOptions, messageOf, rawMessageOf } from './publish-event.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, type Sidecar } from './sidecar.ts'

/** What `publish` says of one event, and how it calls. */
export interface PublishOptions extends CallOptions, EventOptions {
  /**
   * Publishes the data as it is, for consumers that know no CloudEvents. It has no id then, and no trace unless the
   * component keeps metadata. Source: https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-raw/
   * @default false
   */
  raw?: boolean
}

/**
 * Publishes one event; resolves when the broker has it. A Uint8Array goes as binary data, anything else as JSON. The
 * event carries the trace and the baggage of the active span, where OpenTelemetry is set up.
 * @throws DaprError, with the status 413 for more than daprd takes, 4 MiB unless it is told otherwise
 * @throws TypeError for data that JSON cannot hold, a topic that does not fit into a URL, a `ttl` that is no whole number
 * of seconds, and a raw event with what only an envelope has
 * Source: https://docs.dapr.io/reference/api/pubsub_api/
 *
 * @example
 * await publish(sidecar, orderPlaced, { orderId, lines }, { id: orderId })
 */
export async function publish<Data extends TSchema>(
  sidecar: Sidecar,
  topic: Topic<Data>,
  data: Static<Data>,
  { signal, timeout, raw = false, ...event }: PublishOptions = {},
): Promise<void> {
  const call = { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) }
  const context = { trace: activeTrace(), appId: () => appIdOf(sidecar, call) }
  const path = topicPath(topic)
  const message = raw ? rawMessageOf(data, event, context) : await messageOf(data, event, context)
  const { body, contentType, metadata } = message
  const init = { method: 'POST', headers: { 'content-type': contentType }, body }
  const answer = await postEvents(sidecar, `/v1.0/publish/${path}${toQuery(metadata)}`, init, call)
  await assertOk(answer, `publish to ${topic.name}`)
}

/** @throws DaprError, TypeError */
export async function postEvents(
  sidecar: Sidecar,
  path: string,
  init: RequestInit,
  call: CallOptions,
): Promise<Response> {
  return await sidecar.request(path, init, call).catch(error => {
    forgetAppId(sidecar)
    throw error
  })
}

/** @throws TypeError for a topic that does not fit into a URL */
export function topicPath({ pubsub, name }: Topic): string {
  return `${segment('a pub/sub component', pubsub)}/${segment('a topic', name)}`
}
