import type { Binary } from '../../../dapr/install/obtain.ts'
import type { Part } from '../processes/part.ts'
import type { NamedPort } from '../shop/ports.ts'

/** A server beside the services: part of the Dapr control plane, or of a backing service. */
export interface Server {
  name: string
  /** One of dapr/install, a source of its own, or `bun`: this very Bun runs it. */
  program: Binary | 'bun' | ProgramSource
  ports: NamedPort[]
  /** Before each start of a run: makes the data that it cannot start without, such as an empty database cluster. */
  initialise?: (program: Program, signal: AbortSignal) => Promise<void>
  /** Writes its configuration and says how it is run. */
  part: (program: Program) => Part
}

/** An executable, as it is found or made. */
export interface Program {
  path: string
  /** What it needs in its environment, such as where its libraries are. */
  env: Record<string, string>
}

/** Where a program comes from that is no part of Dapr: installed, or fetched into the user's cache. */
export interface ProgramSource {
  /** As in a sentence: `Redis`. */
  name: string
  /** How things are, without changing anything. */
  look: () => Promise<Outlook>
  /** @throws ShopError with the ways to get it; the signal's reason when aborted */
  obtain: (options: ObtainProgramOptions) => Promise<Program>
}

export interface ObtainProgramOptions {
  report: (line: string) => void
  signal: AbortSignal
}

export type Outlook =
  | { is: 'here'; what: string }
  /** What it takes: `about 1 minute and 30 MB`. */
  | { is: 'obtainable'; what: string; takes: string }
  | { is: 'missing'; what: string; fix: string }
