import type { Server } from '../infrastructure/server.ts'
import type { Instance } from '../session/instance.ts'

/**
 * What a set of components leans on beside Dapr, such as a broker or a database. Either this run starts its servers, or
 * a running one was given.
 * https://12factor.net/backing-services
 */
export interface BackingService {
  /** As a person calls it: `Redis`. */
  name: string
  /** What the Dapr secret store holds because of it. */
  secrets: Record<string, string>
  /** None for one that is given. */
  servers: Server[]
  /**
   * Logs in once its servers answer, and makes what has to be there.
   * @throws ShopError with the fix when it is down or refuses
   */
  prepare?: (signal: AbortSignal) => Promise<void>
}

export interface BackingServiceOptions {
  instance: Instance
  /** The secrets of this kind that the set's components refer to. */
  secrets: string[]
  /** Services that can have their database in PostgreSQL. */
  databases: string[]
  /** Where a component first refers to one of the secrets: `components/redis/carts.yaml:10`. */
  place: string
}

/** One kind of them; it is part of a run when a component of the set refers to one of its secrets. */
export interface BackingServiceKind {
  /** As a person calls it: `Redis`. */
  name: string
  /** What a whole server is given in. */
  variables?: string
  /** Each of its secrets is an address with its login, and of use without the others. */
  isSeparable?: boolean
  provides: (secret: string) => boolean
  create: (options: BackingServiceOptions) => BackingService
}
