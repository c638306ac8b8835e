import type { Resource } from '../../../packages/elysia-dapr/src/testing/resources.ts'

/** What daprd does with an event whose handler fails: tries it again `maxRetries` times, `duration` apart. */
export function retries(duration: string, maxRetries: number): Resource {
  const policies = { retries: { event: { policy: 'constant', duration, maxRetries } } }
  const targets = { components: { pubsub: { inbound: { retry: 'event' } } } }
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'events' },
    spec: { policies, targets },
  }
}
