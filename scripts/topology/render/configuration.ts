import { sidecarSpec } from '../../../dapr/sidecar-settings.ts'
import type { Service, Topology } from '../load.ts'
import { type Identity, renderAccessControl } from './access-control.ts'
import { renderYaml } from './yaml.ts'

/** The Configuration of one sidecar: identity, who may call it, which secrets it may read. */
export function renderConfiguration(topology: Topology, { name, secrets }: Service): string {
  return renderYaml({
    ...header(name),
    spec: {
      mtls: { enabled: true },
      accessControl: renderAccessControl(topology, name),
      secrets: secretScopes(secrets),
      ...shared,
    },
  })
}

/** The same for Kubernetes, where the control plane says whether there is mTLS, and DNS knows the names. */
export function kubernetesConfiguration(
  topology: Topology,
  { name, secrets }: Service,
  { labels, ...identity }: Identity & { labels: Record<string, string> },
) {
  const { metadata, ...kind } = header(name)
  return {
    ...kind,
    metadata: { ...metadata, labels },
    spec: {
      accessControl: renderAccessControl(topology, name, identity),
      secrets: secretScopes(secrets),
      ...sidecarSpec,
      // the CRD asks for it beside any other setting of metrics
      metrics: { enabled: true, ...sidecarSpec.metrics },
    },
  }
}

/** For debugging without mTLS: a caller has no identity then, so access control could only deny everything. */
export function renderInsecureConfiguration({ services }: Topology): string {
  const secrets = services.flatMap(service => service.secrets)
  return renderYaml({ ...header('insecure'), spec: { secrets: secretScopes(secrets), ...shared } })
}

function header(name: string) {
  return { apiVersion: 'dapr.io/v1alpha1', kind: 'Configuration', metadata: { name } }
}

function secretScopes(secrets: readonly string[]) {
  // daprd takes an empty list of allowed secrets as "no list", then the default counts.
  const allowedSecrets = [...new Set(secrets)].sort()
  return {
    scopes: [
      { storeName: 'secrets', defaultAccess: 'deny', ...(allowedSecrets.length > 0 && { allowedSecrets }) },
    ],
  }
}

const shared = {
  nameResolution: {
    component: 'sqlite',
    version: 'v1',
    configuration: {
      // Relative to the directory that daprd runs in.
      connectionString: 'file:.local/run/names.db',
      // With the defaults (1 s, 5 s) a sidecar on a busy machine misses its renewal and its peers lose it.
      timeout: '5s',
      busyTimeout: '4s',
      updateInterval: '30s',
      // Off: components-contrib 1.18.3 deletes the names that are alive, and a sidecar that finds its own gone ends.
      // The file is new for each run.
      cleanupInterval: '0',
    },
  },
  ...sidecarSpec,
}
