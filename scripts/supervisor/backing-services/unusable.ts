import { ShopError } from '../shop-error.ts'

export interface Unusable {
  /** Of the component that needs it, as in `components/redis/carts.yaml:10`. */
  place: string
  /** Which one, with its address. */
  server: string
  reason: string
  fix: string
}

/** What a server is told with that is down, or refuses who logs in. */
export function unusable({ place, server, reason, fix }: Unusable): ShopError {
  return new ShopError(`${place}: ${server} cannot be used: ${reason}. ${fix}`)
}
