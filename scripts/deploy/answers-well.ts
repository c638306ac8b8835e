import { ShopError } from '../supervisor/shop-error.ts'

const answersInARow = 5

/**
 * Asks an address until it answers well five times in a row.
 * @param everyMs default: a second
 * @throws ShopError with the last answer when that did not happen within sixty tries
 */
export async function answersWell(url: string, everyMs = 1_000): Promise<void> {
  let last = ''
  for (let tries = 0, good = 0; tries < 60; tries++) {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch((error: Error) => error)
    const ok = response instanceof Response && response.ok
    if (!ok) last = response instanceof Response ? `answered ${response.status}` : response.message
    good = ok ? good + 1 : 0
    if (good === answersInARow) return
    await Bun.sleep(everyMs)
  }
  throw new ShopError(`${url} does not answer well: ${last}`)
}
