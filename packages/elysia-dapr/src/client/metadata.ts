import { badAnswer, DaprError } from '../errors.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar } from './sidecar.ts'

/** What a sidecar knows of itself; what it has none of is left out. */
export interface SidecarMetadata {
  /** App ID. */
  id: string
  /** As in `1.18.2`. */
  runtimeVersion: string
  enabledFeatures?: string[]
  components?: { name: string; type: string; version: string; capabilities?: string[] }[]
  httpEndpoints?: { name: string }[]
  subscriptions?: {
    pubsubname: string
    topic: string
    rules?: { match?: string; path?: string }[]
    metadata?: Record<string, string>
    deadLetterTopic?: string
    /** Where it comes from, such as `PROGRAMMATIC`. */
    type?: string
  }[]
  /** What `setMetadata` has set, and more. */
  extended?: Record<string, string>
  appConnectionProperties?: {
    port?: number
    protocol?: string
    channelAddress?: string
    maxConcurrency?: number
    health?: {
      healthCheckPath?: string
      /** A Go duration, as in `5s`; the next one too. */
      healthProbeInterval?: string
      healthProbeTimeout?: string
      healthThreshold?: number
    }
  }
  actorRuntime?: {
    runtimeStatus: string
    hostReady: boolean
    activeActors?: { type: string; count?: number }[]
    placement?: string
  }
  /** Addresses of the schedulers that it is connected to: without one there are no jobs. */
  scheduler?: { connected_addresses?: string[] }
  workflows?: { connectedWorkers?: number }
}

/**
 * Reads what the sidecar knows of itself: its components, subscriptions and connections.
 * @throws DaprError
 * Source: https://docs.dapr.io/reference/api/metadata_api/
 */
export async function getMetadata(sidecar: Sidecar, options?: CallOptions): Promise<SidecarMetadata> {
  const answer = await assertOk(await sidecar.request('/v1.0/metadata', {}, options), 'read the metadata')
  const body = await readBody(answer)
  if (typeof body === 'object' && body !== null && 'runtimeVersion' in body) return body as SidecarMetadata
  throw new DaprError(`the answer is no metadata: is ${sidecar.endpoint} a sidecar?`, badAnswer(answer, body))
}

/**
 * Sets a value that `getMetadata` shows as `extended`, until the sidecar ends.
 * @throws DaprError
 * @throws TypeError for a name that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/metadata_api/#add-a-custom-attribute-to-the-dapr-sidecar-information
 */
export async function setMetadata(
  sidecar: Sidecar,
  name: string,
  value: string,
  options?: CallOptions,
): Promise<void> {
  const path = `/v1.0/metadata/${segment('a name of metadata', name)}`
  const init = { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: value }
  await assertOk(await sidecar.request(path, init, options), `set the metadata ${name}`)
}

/**
 * Tells the sidecar to end; resolves when it has begun to. It takes its time for what is under way.
 * @throws DaprError
 * Source: https://docs.dapr.io/reference/api/health_api/
 */
export async function shutdown(sidecar: Sidecar, options?: CallOptions): Promise<void> {
  await assertOk(await sidecar.request('/v1.0/shutdown', { method: 'POST' }, options), 'end the sidecar')
}
