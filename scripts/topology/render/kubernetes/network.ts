import type { Service, Topology } from '../../load.ts'
import type { Facts } from './deployment.ts'
import { metadataOf, partOf, selectorOf } from './names.ts'

/** Ports of the sidecar, as the injector sets them. https://docs.dapr.io/reference/arguments-annotations-overview/ */
const sidecar = { internalGrpc: 50002, metrics: 9090 } as const

/**
 * Who may connect to a service's sidecar, and to whom it may: the services that call it and that it calls. What all of
 * them need is in k8s/base/network.yaml, what a component set needs with the set; all else is denied.
 */
export function networkPolicy(
  { services }: Topology,
  service: Service,
  { database }: Pick<Facts, 'database'>,
) {
  const { name, calls, secrets, bindings } = service
  // replicas share the actors behind their workflows, and call each other for them
  const itself = Object.values(service.storeNeeds).some(needs => needs.includes('workflows')) ? [name] : []
  const callers = [...services.filter(each => each.calls[name]).map(each => each.name), ...itself].sort()
  const called = [...Object.keys(calls), ...itself].sort()
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(name),
    spec: {
      podSelector: { matchLabels: selectorOf(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        ...(callers.length > 0 ? [{ from: callers.map(podsOf), ports: [tcp(sidecar.internalGrpc)] }] : []),
        { from: [inNamespace('monitoring')], ports: [tcp(sidecar.metrics)] },
      ],
      egress: [
        ...(called.length > 0 ? [{ to: called.map(podsOf), ports: [tcp(sidecar.internalGrpc)] }] : []),
        ...(database === 'server' ? [{ ports: [tcp(serverPorts['state.postgresql'])] }] : []),
        // The API server, for secrets, and what bindings lead to: neither can be named here. 6443 is where the API server
        // itself listens, which counts once the address of its Service is translated.
        ...(secrets.length + bindings.length > 0 ? [{ ports: [tcp(443), tcp(6443)] }] : []),
      ],
    },
  }
}

/** Where the servers behind components listen, by the types of components; TLS changes none of these. */
const serverPorts = {
  'pubsub.redis': 6379,
  'state.redis': 6379,
  'state.postgresql': 5432,
  'pubsub.rabbitmq': 5672,
  'pubsub.kafka': 9092,
} as const

/** That the sidecars which load a component may connect to the server behind it, wherever that is. */
export function serverPolicies(components: readonly { type: string; scopes: readonly string[] }[]) {
  const users = new Map<number, Set<string>>()
  for (const { type, scopes } of components) {
    const port = new Map<string, number>(Object.entries(serverPorts)).get(type)
    if (port !== undefined) users.set(port, new Set([...(users.get(port) ?? []), ...scopes]))
  }
  return [...users]
    .sort(([a], [b]) => a - b)
    .map(([port, services]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `to-port-${port}`, labels: { 'app.kubernetes.io/part-of': partOf } },
      spec: {
        podSelector: {
          matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...services].sort() }],
        },
        policyTypes: ['Egress'],
        egress: [{ ports: [tcp(port)] }],
      },
    }))
}

function podsOf(service: string) {
  return { podSelector: { matchLabels: selectorOf(service) } }
}

function inNamespace(name: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }
}

function tcp(port: number) {
  return { protocol: 'TCP', port }
}
