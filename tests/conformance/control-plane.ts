import { join } from 'node:path'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { type Server, startServer } from './server.ts'

export interface ControlPlane extends AsyncDisposable {
  /** What the option `placement` of `daprd` takes. */
  readonly placement: string
  /** What the option `scheduler` of `daprd` takes. */
  readonly scheduler: string
  readonly servers: { readonly placement: Server; readonly scheduler: Server }
}

/** Placement and scheduler, without mTLS, as actors, workflows and jobs need them. */
export async function startControlPlane(binaries: {
  placement: string
  scheduler: string
}): Promise<ControlPlane> {
  await using cleanup = new AsyncDisposableStack()
  const [placement = 0, scheduler = 0, ...others] = await freePorts(9)
  const [health = 0, metrics = 0, raft = 0, schedulerHealth = 0, schedulerMetrics = 0, etcd = 0, peers = 0] =
    others
  const starting = [
    startServer({
      name: 'placement',
      ready: () => isHealthy(health),
      command: () => [
        ...[binaries.placement, ...listeners({ port: placement, health, metrics })],
        ...['--id', 'placement', '--initial-cluster', `placement=${loopback}:${raft}`],
      ],
      env,
    }),
    startServer({
      name: 'scheduler',
      ready: () => isHealthy(schedulerHealth),
      command: folder => [
        binaries.scheduler,
        ...listeners({ port: scheduler, health: schedulerHealth, metrics: schedulerMetrics }),
        ...['--id', 'scheduler', '--override-broadcast-host-port', `${loopback}:${scheduler}`],
        ...['--etcd-data-dir', join(folder, 'etcd'), '--etcd-client-port', `${etcd}`],
        ...['--etcd-client-listen-address', loopback],
        ...['--etcd-initial-cluster', `scheduler=http://${loopback}:${peers}`],
      ],
      env,
    }),
  ] as const
  for (const server of await Promise.allSettled(starting)) {
    if (server.status === 'fulfilled') cleanup.use(server.value)
  }
  const [placementServer, schedulerServer] = await Promise.all(starting)
  const kept = cleanup.move()
  return {
    placement: `${loopback}:${placement}`,
    scheduler: `${loopback}:${scheduler}`,
    servers: { placement: placementServer, scheduler: schedulerServer },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const loopback = '127.0.0.1'
const env = { DAPR_HOST_IP: loopback, NAMESPACE: 'default' }

/** Dapr 1.18.2 reads --healthz-listen-address and ignores it: the health ports listen everywhere until it does not. */
function listeners({ port, health, metrics }: { port: number; health: number; metrics: number }): string[] {
  return [
    ...['--listen-address', loopback, '--port', `${port}`],
    ...['--healthz-listen-address', loopback, '--healthz-port', `${health}`],
    ...['--metrics-listen-address', loopback, '--metrics-port', `${metrics}`],
  ]
}

async function isHealthy(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000)
  const answer = await fetch(`http://${loopback}:${port}/healthz`, { signal }).catch(() => undefined)
  return answer?.ok ?? false
}
