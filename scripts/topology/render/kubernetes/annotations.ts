import { sidecarEnvironment } from '../../../../dapr/sidecar-settings.ts'
import type { Service } from '../../load.ts'
import { tokenSecrets } from './names.ts'

/** The volume with the token for the Kubernetes API, which the sidecar alone gets: the app has no use for it. */
export const apiAccess = 'kubernetes-api-access'

/** Seconds that a pod has to end, and how they are spent; see `terminationSeconds`. */
export const shutdown = {
  /**
   * The app goes on as before, while its address is taken out of Services and load balancers, and forgotten by the
   * sidecars of those that call it: they keep addresses for 20 s (https://github.com/dapr/dapr/blob/v1.18.2/pkg/messaging/direct_messaging.go#L55),
   * names for 5 s.
   */
  beforeDrain: 30,
  /** Of an app that no other replica stands in for until the next one begins: longer is away for longer. */
  beforeDrainAlone: 5,
  /** What an app gives itself for the requests under way (packages/chassis). */
  drain: 10,
  /** The sidecar ends after this, or when the app has ended: see scripts/supervisor/processes/drain.ts. */
  block: 40,
  /** What the sidecar then gives the calls under way. */
  graceful: 5,
} as const

/** Until the kubelet kills what is still there: what was to be done, and as much again as the sidecar's own end. */
export const terminationSeconds = shutdown.block + 2 * shutdown.graceful

/**
 * What the injector makes the sidecar from, with the settings that it has in `bun start`.
 * https://docs.dapr.io/reference/arguments-annotations-overview/
 */
export function daprAnnotations({ name, ports, protocol, secrets }: Service): Record<string, string> {
  const environment = Object.entries(sidecarEnvironment).map(([key, value]) => `${key}=${value}`)
  const settings = {
    enabled: true,
    'app-id': name,
    'app-port': ports.app,
    'app-protocol': protocol,
    config: name,
    'api-token-secret': tokenSecrets.daprApi,
    'app-token-secret': tokenSecrets.appApi,
    'enable-app-health-check': true,
    'app-health-check-path': '/healthz',
    'app-health-probe-interval': 1,
    'app-health-probe-timeout': 1000,
    'app-health-threshold': 3,
    'block-shutdown-duration': `${shutdown.block}s`,
    'graceful-shutdown-seconds': shutdown.graceful,
    'max-body-size': '4Mi',
    'log-as-json': true,
    // it would hand every secret of the namespace to the app, past the scopes of the Configuration
    'disable-builtin-k8s-secret-store': true,
    env: environment.join(','),
    'sidecar-cpu-request': '100m',
    'sidecar-cpu-limit': '1',
    'sidecar-memory-request': '128Mi',
    // above GOMEMLIMIT, from which on it collects as often as it has to
    'sidecar-memory-limit': '384Mi',
    'sidecar-seccomp-profile-type': 'RuntimeDefault',
    ...(secrets.length > 0 && {
      'volume-mounts': `${apiAccess}:/var/run/secrets/kubernetes.io/serviceaccount`,
    }),
  }
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`dapr.io/${key}`, String(value)]))
}
