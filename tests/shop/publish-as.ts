import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRunFile } from '../../scripts/supervisor/shop/runfile.ts'
import type { Shop } from './shop.ts'

export interface PublishedEvent {
  /** Of the CloudEvent. */
  id: string
  data: object
}

/** Publishes to a topic as an app does, by its own sidecar. */
export async function publishAs(
  shop: Shop,
  app: string,
  topic: string,
  event: PublishedEvent,
): Promise<void> {
  const query = new URLSearchParams({
    'metadata.cloudevent.id': event.id,
    'metadata.cloudevent.source': app,
  })
  const answer = await askSidecar(shop, app, `/v1.0/publish/pubsub/${topic}?${query}`, event.data)
  if (answer.status !== 204) throw new Error(`publishing to ${topic} was answered ${answer.status}`)
}

/** Asks the sidecar of an app, with its token, as the app itself does. @param body sent by POST; without one: GET */
export async function askSidecar(shop: Shop, app: string, path: string, body?: unknown): Promise<Response> {
  const found = (await readRunFile(shop.instance)).find(({ id }) => id === app)
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return await fetch(`http://127.0.0.1:${found?.httpPort}${path}`, {
    headers: { 'dapr-api-token': apiToken(shop), 'content-type': 'application/json' },
    ...request,
  })
}

function apiToken({ instance }: Shop): string {
  const env = readFileSync(join(instance.runDir, 'env'), 'utf8')
  return /^export DAPR_API_TOKEN='(.*)'$/m.exec(env)?.[1] ?? ''
}
