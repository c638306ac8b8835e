import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { serverEnv } from '../processes/environment.ts'
import { answersHttp } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import type { Server } from './server.ts'

/** Addresses that sidecars are told. */
export interface ControlPlane {
  /** Undefined when insecure. */
  sentry: string | undefined
  placement: string
  scheduler: string
}

const loopback = '127.0.0.1'

export function controlPlane({ portOffset, insecure, sentryPort }: Instance): ControlPlane {
  return {
    sentry: insecure ? undefined : `${loopback}:${sentryPort}`,
    placement: `${loopback}:${8500 + portOffset}`,
    scheduler: `${loopback}:${8501 + portOffset}`,
  }
}

export function credentialsDir(instance: Instance): string {
  return join(instance.dataDir, 'sentry')
}

export function trustAnchorsFile(instance: Instance): string {
  return join(credentialsDir(instance), 'ca.crt')
}

/** Sentry signs the certificates of all others; the shop's own, so a `dapr init` is neither needed nor disturbed. */
export function sentry(instance: Instance): Server {
  const [port, healthPort] = [instance.sentryPort, 8505 + instance.portOffset]
  return {
    name: 'sentry',
    program: 'sentry',
    ports: named('sentry', port, healthPort),
    part: ({ path }) => {
      const config = join(instance.runDir, 'sentry.yaml')
      writePrivate(config, sentryConfiguration)
      mkdirSync(credentialsDir(instance), { recursive: true, mode: 0o700 })
      return {
        name: 'sentry',
        role: 'infrastructure',
        command: [
          ...[path, '--config', config, '--issuer-credentials', credentialsDir(instance)],
          // no metrics: it ignores --metrics-listen-address and would offer them to the whole network
          ...['--trust-domain', 'localhost', ...listeners(port, healthPort, undefined)],
        ],
        cwd: instance.home,
        env: { ...serverEnv(instance), NAMESPACE: 'default' },
        answers: healthy(healthPort),
      }
    },
  }
}

export function placement(instance: Instance): Server {
  const [port, healthPort, metricsPort] = [8500, 8502, 8503].map(each => each + instance.portOffset) as Ports
  return {
    name: 'placement',
    program: 'placement',
    ports: [
      ...named('placement', port, healthPort, metricsPort),
      { port: raftPort(instance), use: 'placement, raft' },
    ],
    part: ({ path }) => ({
      name: 'placement',
      role: 'infrastructure',
      command: [
        ...[path, ...listeners(port, healthPort, metricsPort), ...tls(instance)],
        ...['--id', 'placement', '--initial-cluster', `placement=${loopback}:${raftPort(instance)}`],
      ],
      cwd: instance.home,
      env: { ...serverEnv(instance), NAMESPACE: 'default' },
      answers: healthy(healthPort),
    }),
  }
}

export function scheduler(instance: Instance): Server {
  const [port, healthPort, metricsPort] = [8501, 8507, 8508].map(each => each + instance.portOffset) as Ports
  const [etcdPort, etcdPeerPort] = [8511 + instance.portOffset, 8512 + instance.portOffset]
  return {
    name: 'scheduler',
    program: 'scheduler',
    ports: [
      ...named('scheduler', port, healthPort, metricsPort),
      { port: etcdPort, use: 'scheduler, etcd' },
      { port: etcdPeerPort, use: 'scheduler, etcd peers' },
    ],
    part: ({ path }) => ({
      name: 'scheduler',
      role: 'infrastructure',
      command: [
        ...[path, ...listeners(port, healthPort, metricsPort), ...tls(instance)],
        ...['--id', schedulerId, '--override-broadcast-host-port', `localhost:${port}`],
        ...['--etcd-data-dir', join(instance.dataDir, 'scheduler'), '--etcd-client-port', String(etcdPort)],
        ...['--etcd-client-listen-address', loopback],
        ...['--etcd-initial-cluster', `${schedulerId}=http://${loopback}:${etcdPeerPort}`],
      ],
      cwd: instance.home,
      env: { ...serverEnv(instance), NAMESPACE: 'default' },
      answers: healthy(healthPort),
    }),
  }
}

// sentry certifies this name, and the scheduler refuses to run under another
const schedulerId = 'dapr-scheduler-server-0'

type Ports = [port: number, healthPort: number, metricsPort: number]

// without a configuration of its own sentry looks for a file named daprsystem and gives up
const sentryConfiguration = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: sentry
spec:
  mtls:
    enabled: true
`

function raftPort({ portOffset }: Instance): number {
  return 8504 + portOffset
}

function named(server: string, port: number, healthPort: number, metricsPort?: number): Server['ports'] {
  return [
    { port, use: server },
    { port: healthPort, use: `${server}, health` },
    ...(metricsPort === undefined ? [] : [{ port: metricsPort, use: `${server}, metrics` }]),
  ]
}

/**
 * Every listener defaults to all interfaces. Dapr 1.18.2 reads --healthz-listen-address and ignores it: the health
 * ports, which answer `ok` and nothing else, listen everywhere until it does not.
 */
function listeners(port: number, healthPort: number, metricsPort: number | undefined): string[] {
  return [
    ...['--listen-address', loopback, '--port', String(port)],
    ...['--healthz-listen-address', loopback, '--healthz-port', String(healthPort)],
    ...(metricsPort === undefined
      ? ['--enable-metrics=false']
      : ['--metrics-listen-address', loopback, '--metrics-port', String(metricsPort)]),
  ]
}

function tls(instance: Instance): string[] {
  const { sentry: address } = controlPlane(instance)
  if (address === undefined) return []
  return [
    ...['--tls-enabled', '--trust-domain', 'localhost', '--sentry-address', address],
    ...['--trust-anchors-file', trustAnchorsFile(instance)],
  ]
}

function healthy(port: number) {
  return (signal: AbortSignal) => answersHttp(`http://${loopback}:${port}/healthz`, { signal })
}
