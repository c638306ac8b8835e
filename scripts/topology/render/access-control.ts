import type { Topology } from '../load.ts'

export interface AclOperation {
  name: string
  /** None for gRPC. */
  httpVerb?: string[]
  action: 'allow'
}

/** What mTLS knows an app by, beside its id: `spiffe://<trustDomain>/ns/<namespace>/<app-id>`. */
export interface Identity {
  trustDomain: string
  namespace: string
}

/** Who may call `app`, and what: everything that no service.yaml asks for is denied. */
export function renderAccessControl(
  { services }: Topology,
  app: string,
  { trustDomain, namespace }: Identity = standalone,
) {
  const callers = services.filter(service => service.calls[app] !== undefined)
  const protocol = services.find(({ name }) => name === app)?.protocol
  const operationsOf = protocol === 'grpc' ? grpcOperations : aclOperations
  return {
    defaultAction: 'deny',
    trustDomain,
    policies: callers.map(caller => ({
      appId: caller.name,
      defaultAction: 'deny',
      trustDomain,
      namespace,
      operations: operationsOf(caller.calls[app] ?? []),
    })),
  }
}

/** Identities of a standalone sidecar are always spiffe://public/ns/<namespace>/<app-id>. */
const standalone: Identity = { trustDomain: 'public', namespace: 'default' }

/** As the caller writes the method: of a gRPC app daprd minds the case, and has no verb to look at. */
export function grpcOperations(operations: readonly string[]): AclOperation[] {
  return operations
    .map(operation => ({ name: operation.replace('GRPC ', ''), action: 'allow' as const }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

interface Wanted {
  verb: string
  segments: string[]
}

/**
 * Operations in the form that daprd matches as written.
 *
 * daprd (pkg/config/acl_trie.go) takes the shortest path that has an entry: beside `/orders` an entry for
 * `/orders/*` is never reached, and `POST /orders` with `GET /orders/*` would deny the latter. So operations of
 * which one lies beneath the other share one entry with all their verbs: the path and one segment (`/orders/*`),
 * or everything beneath (`/orders/**`) when one is deeper. daprd skips `*` in the middle of a path, where only
 * `**` stands for a segment; and it ignores case.
 */
export function aclOperations(operations: readonly string[]): AclOperation[] {
  const groups: { prefix: string[]; wanted: Wanted[] }[] = []
  const parsed = operations.map(parse).sort((a, b) => literalPrefix(a).length - literalPrefix(b).length)
  for (const wanted of parsed) {
    const prefix = literalPrefix(wanted)
    const group = groups.find(other => other.prefix.every((segment, index) => segment === prefix[index]))
    if (group) group.wanted.push(wanted)
    else groups.push({ prefix, wanted: [wanted] })
  }
  return groups
    .map(({ prefix, wanted }) => ({
      name: entryName(prefix, wanted),
      httpVerb: [...new Set(wanted.map(({ verb }) => verb))].sort(),
      action: 'allow' as const,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function parse(operation: string): Wanted {
  const [verb = '', path = ''] = operation.split(' ')
  return { verb, segments: path.toLowerCase().split('/').filter(Boolean) }
}

/** The segments before the first variable one. */
function literalPrefix({ segments }: Wanted): string[] {
  const variable = segments.indexOf('*')
  return variable === -1 ? segments : segments.slice(0, variable)
}

function entryName(prefix: readonly string[], wanted: readonly Wanted[]): string {
  const paths = new Set(wanted.map(({ segments }) => segments.join('/')))
  const [only] = wanted
  if (paths.size === 1 && only) {
    const last = only.segments.length - 1
    return `/${only.segments.map((segment, index) => (segment === '*' && index < last ? '**' : segment)).join('/')}`
  }
  const deepest = Math.max(...wanted.map(({ segments }) => segments.length))
  return `/${[...prefix, deepest > prefix.length + 1 ? '**' : '*'].join('/')}`
}
