import type { Identity } from '../access-control.ts'

/** Of all that is in a namespace because of the shop. */
export const partOf = 'shop'

/**
 * Where the base puts everything. An overlay that names another namespace has to name it in the access control as well;
 * `bun run check:k8s` tells where it does not.
 *
 * The trust domain of a sidecar's certificate is what the access control of its own Configuration says.
 * https://docs.dapr.io/operations/configuration/invoke-allowlist/
 */
export const identity: Identity = { trustDomain: 'public', namespace: 'shop' }

/** Secrets that stand between a service and its sidecar; each has its value under `token`. */
export const tokenSecrets = { daprApi: 'dapr-api-token', appApi: 'app-api-token' } as const

/** What selects the pods of one service. */
export function selectorOf(service: string): Record<string, string> {
  return { 'app.kubernetes.io/name': service }
}

export function labelsOf(service: string): Record<string, string> {
  return { ...selectorOf(service), 'app.kubernetes.io/part-of': partOf }
}

export function metadataOf(service: string) {
  return { name: service, labels: labelsOf(service) }
}
