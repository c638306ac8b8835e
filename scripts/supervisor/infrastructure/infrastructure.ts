import { readFileSync } from 'node:fs'
import type { Binary, Obtained } from '../../../dapr/install/obtain.ts'
import type { BackingService } from '../backing-services/backing-service.ts'
import { needsOfSet } from '../backing-services/backing-services.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import type { Instance } from '../session/instance.ts'
import type { Security } from '../shop/service-parts.ts'
import { placement, scheduler, sentry, trustAnchorsFile } from './control-plane.ts'
import { hasIssuerCredentials, makeIssuerCredentials } from './issuer-credentials.ts'
import type { Programs } from './obtain-programs.ts'
import { randomTokens, writeSecrets } from './secrets.ts'
import type { Server } from './server.ts'

export interface Infrastructure {
  backingServices: BackingService[]
  /** What the Dapr secret store holds because of the set. */
  secrets: Record<string, string>
  servers: Server[]
  binaries: Binary[]
}

/** What runs beside the services: Dapr's control plane, and what the component set needs. */
export function infrastructureOf(instance: Instance): Infrastructure {
  const { services: backingServices, given } = needsOfSet(instance)
  const servers = [
    ...backingServices.flatMap(service => service.servers),
    ...(instance.insecure ? [] : [sentry(instance)]),
    placement(instance),
    scheduler(instance),
  ]
  const binaries = servers.flatMap(({ program }) =>
    typeof program === 'string' && program !== 'bun' ? [program] : [],
  )
  return {
    backingServices,
    secrets: Object.assign({}, ...backingServices.map(({ secrets }) => secrets), given),
    servers,
    binaries: [...new Set(binaries)],
  }
}

export interface PrepareOptions {
  instance: Instance
  infrastructure: Infrastructure
  paths: Obtained['paths']
  supervisor: Supervisor
  signal: AbortSignal
}

/** Writes the secrets and, at the first run, the certificate authority. Undefined when insecure. */
export async function prepareSecurity(options: PrepareOptions): Promise<Security | undefined> {
  const { instance, infrastructure, paths, supervisor, signal } = options
  await writeSecrets(instance, infrastructure.secrets, signal)
  if (instance.insecure) return undefined
  if (!hasIssuerCredentials(instance)) {
    await makeIssuerCredentials(sentry(instance).part({ path: paths.sentry, env: {} }), supervisor)
  }
  return { tokens: randomTokens(), trustAnchors: readFileSync(trustAnchorsFile(instance), 'utf8') }
}

/** Asks the servers that were given, before anything is started that would need them. */
export async function checkGiven({ backingServices }: Infrastructure, signal: AbortSignal): Promise<void> {
  const given = backingServices.filter(({ servers }) => servers.length === 0)
  await Promise.all(given.map(({ prepare }) => prepare?.(signal)))
}

/**
 * Starts all servers at once. Each promise resolves when that one answers, and what it is a part of is ready for use.
 */
export function startServers(
  { servers, backingServices }: Infrastructure,
  { programs, supervisor, signal }: { programs: Programs; supervisor: Supervisor; signal: AbortSignal },
): Map<string, Promise<void>> {
  const start = async (server: Server) => {
    const program = programs.of(server)
    await server.initialise?.(program, signal)
    signal.throwIfAborted()
    await supervisor.start(server.part(program))
  }
  const answering = new Map(servers.map(server => [server.name, start(server)]))
  const ready = new Map(answering)
  for (const service of backingServices) {
    const names = service.servers.map(({ name }) => name)
    const all = Promise.all(names.map(name => answering.get(name))).then(() => service.prepare?.(signal))
    for (const name of names) ready.set(name, all)
  }
  // awaited later, by name; until then one may fail unseen
  for (const promise of [...answering.values(), ...ready.values()]) promise.catch(() => {})
  return ready
}
