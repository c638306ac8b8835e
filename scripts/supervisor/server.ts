import type { Binary } from '../../dapr/install/versions.ts'
import type { Part } from './part.ts'
import type { NamedPort } from './ports.ts'

/** A server beside the services: part of the Dapr control plane, or what a component set needs. */
export interface Server {
  name: string
  binary: Binary
  ports: NamedPort[]
  /** What the Dapr secret store holds because of it. */
  secrets?: Record<string, string>
  /** Writes its configuration and says how it is run. */
  part: (binaryPath: string) => Part
}
