import type { Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'

/**
 * Has daprd try an event of `pubsub` again whose handler fails, `duration` apart. What fails then goes to the dead
 * letters; without this resource it does at once.
 */
export function retries(maxRetries: number, duration = '50ms'): Resource {
  const policies = { retries: { event: { policy: 'constant', duration, maxRetries } } }
  const targets = { components: { pubsub: { inbound: { retry: 'event' } } } }
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'events' },
    spec: { policies, targets },
  }
}
