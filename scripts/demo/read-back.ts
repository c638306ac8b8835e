import pLimit from 'p-limit'
import type { Entry } from './ledger.ts'
import type { Parts, ShopClient } from './shop-client.ts'

interface ReadBackOptions {
  concurrency: number
  parts: Parts
  /** Called after every order that was read. */
  onRead?: () => void
}

/** Reads every accepted order, and what belongs to it, into the ledger, as the shop has them now. */
export async function readBack(shop: ShopClient, entries: Entry[], options: ReadBackOptions): Promise<void> {
  await pLimit(options.concurrency).map(entries, async entry => {
    await readEntry(shop, entry, options.parts)
    options.onRead?.()
  })
}

/** The same for one order. */
export async function readEntry(shop: ShopClient, entry: Entry, parts: Parts): Promise<void> {
  if (entry.answer.kind !== 'accepted') return
  const { id } = entry.answer.order
  entry.order = await shop.order(id)
  entry.reservation = await shop.reservation(id)
  entry.payment = await shop.payment(id)
  if (parts.shipping) entry.shipment = await shop.shipment(id)
}

interface SendAgainOptions {
  concurrency: number
  /** How many of the accepted orders, spread evenly over the run. */
  sample: number
}

/** Sends a sample of the accepted orders once more, each with its old key, and notes the answers. */
export async function sendAgain(
  shop: ShopClient,
  entries: Entry[],
  options: SendAgainOptions,
): Promise<void> {
  const accepted = entries.filter(entry => entry.answer.kind === 'accepted')
  const step = Math.max(1, Math.floor(accepted.length / options.sample))
  const chosen = accepted.filter((_, index) => index % step === 0)
  await pLimit(options.concurrency).map(chosen, async entry => {
    entry.again = (await shop.placeOrder(entry.sent)).answer
  })
}
