import { readFileSync } from 'node:fs'
import type { Binary, Obtained } from '../../../dapr/install/obtain.ts'
import type { Part } from '../processes/part.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import type { Instance } from '../session/instance.ts'
import type { NamedPort } from '../shop/ports.ts'
import type { Security } from '../shop/service-parts.ts'
import { placement, scheduler, sentry, trustAnchorsFile } from './control-plane.ts'
import { hasIssuerCredentials, makeIssuerCredentials } from './issuer-credentials.ts'
import { randomTokens, writeSecrets } from './secrets.ts'
import { serversOfSet } from './sets.ts'

/** A server beside the services: part of the Dapr control plane, or what a component set needs. */
export interface Server {
  name: string
  /** `bun`: this very Bun runs it. */
  binary: Binary | 'bun'
  ports: NamedPort[]
  /** What the Dapr secret store holds because of it. */
  secrets?: Record<string, string>
  /** Writes its configuration and says how it is run. */
  part: (binaryPath: string) => Part
}

export interface Infrastructure {
  servers: Server[]
  binaries: Binary[]
}

/** What runs beside the services: Dapr's control plane, and what the component set needs. */
export function infrastructureOf(instance: Instance): Infrastructure {
  const servers = [
    ...serversOfSet(instance),
    ...(instance.insecure ? [] : [sentry(instance)]),
    placement(instance),
    scheduler(instance),
  ]
  const binaries = servers.map(({ binary }) => binary).filter(binary => binary !== 'bun')
  return { servers, binaries: [...new Set(binaries)] }
}

export interface PrepareOptions {
  instance: Instance
  servers: Server[]
  paths: Obtained['paths']
  supervisor: Supervisor
  signal: AbortSignal
}

/** Writes the secrets and, at the first run, the certificate authority. Undefined when insecure. */
export async function prepareSecurity(options: PrepareOptions): Promise<Security | undefined> {
  const { instance, servers, paths, supervisor, signal } = options
  await writeSecrets(instance, Object.assign({}, ...servers.map(({ secrets }) => secrets)), signal)
  if (instance.insecure) return undefined
  if (!hasIssuerCredentials(instance)) {
    await makeIssuerCredentials(sentry(instance).part(paths.sentry), supervisor)
  }
  return { tokens: randomTokens(), trustAnchors: readFileSync(trustAnchorsFile(instance), 'utf8') }
}

/** Starts all servers at once; each promise resolves when that one answers. */
export function startServers(servers: Server[], paths: Obtained['paths'], supervisor: Supervisor) {
  return new Map(
    servers.map(server => {
      const binary = server.binary === 'bun' ? process.execPath : paths[server.binary]
      const answering = supervisor.start(server.part(binary))
      // awaited later, by name; until then it may fail unseen
      answering.catch(() => {})
      return [server.name, answering]
    }),
  )
}
