import type { Kept } from './letters.ts'

/** A shop, wherever it runs, as tests ask it. */
export interface AnyShop {
  /** Address of the gateway, as in `http://127.0.0.1:12600`. */
  gateway: string
  /** Asks the sidecar of an app, with its token, as the app itself does. @param body sent by POST; without one: GET */
  askSidecar(app: string, path: string, body?: unknown): Promise<Response>
  /** Asks the stand-in for the payment provider, with its key. */
  askProvider(method: string, path: string, body?: unknown): Promise<Response>
  /** The events that the shop has given up, and those that wait for another one. */
  kept(): Promise<Kept>
}
