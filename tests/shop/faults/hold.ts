import type { AnyShop } from '../any-shop.ts'
import { ask, provider, signal, untilStep } from '../checkouts.ts'
import { type Shop, until } from '../shop.ts'
import type { Ledger } from './ledger.ts'

/**
 * Holds orders of their own at each step that waits for somebody else, the furthest first: those who do the steps are
 * stopped in the middle of whatever they do, or the provider takes longer than anybody waits.
 * @returns what lets them go on
 */
export async function holdAtEachStep(shop: Shop, ledger: Ledger): Promise<() => Promise<void>> {
  const money = provider(shop)
  const allAt = (ids: string[], step: string) => Promise.all(ids.map(id => untilStep(shop, id, step)))

  // the money is held, the goods are not sent
  signal(shop, 'shipping', 'SIGSTOP')
  await allAt(await ledger.place('ordinary', 'ordinary', 'ordinary'), 'arrange-shipping')
  // the provider is asked
  await money.stall()
  const asked = await ledger.place('ordinary', 'ordinary', 'declined')
  await allAt(asked, 'authorise-payment')
  await Promise.all(asked.map(id => until(`${id} is to be paid`, () => isThere(shop, `/payments/${id}`))))
  // the units are reserved, nobody has asked for the money
  signal(shop, 'payments', 'SIGSTOP')
  await allAt(await ledger.place('ordinary', 'ordinary', 'declined'), 'authorise-payment')
  // the reservation is not answered
  signal(shop, 'inventory', 'SIGSTOP')
  await allAt(await ledger.place('ordinary', 'ordinary', 'too many'), 'reserve-stock')

  return async () => {
    for (const part of ['inventory', 'payments', 'shipping']) goOn(shop, part)
    await money.goOn()
  }
}

/** Lets orders come as far as shipping, and returns when the first of them is arranged. */
export async function untilShipped(shop: Shop, ledger: Ledger): Promise<void> {
  signal(shop, 'shipping', 'SIGSTOP')
  const ids = await ledger.place(...Array<'ordinary'>(5).fill('ordinary'))
  await Promise.all(ids.map(id => untilStep(shop, id, 'arrange-shipping')))
  goOn(shop, 'shipping')
  await until('one is arranged', () => any(ids.map(id => isThere(shop, `/shipments/${id}`))))
}

/** Returns when the first of some orders is confirmed: its units are to leave, its money is to be taken. */
export async function untilConfirmed(shop: Shop, ledger: Ledger): Promise<void> {
  const ids = await ledger.place(...Array<'ordinary'>(8).fill('ordinary'))
  await until('one is confirmed', () =>
    any(ids.map(async id => (await ask(shop, `/orders/${id}`)).body?.status === 'confirmed')),
  )
}

/** Returns when so many events have happened to orders; each is through after five. */
export async function untilEvents(shop: AnyShop, ids: string[], wanted: number): Promise<void> {
  const versionOf = async (id: string): Promise<number> =>
    (await ask(shop, `/orders/${id}`)).body?.version ?? 0
  await until(`${wanted} events`, async () => {
    const versions = await Promise.all(ids.map(versionOf))
    return versions.reduce((sum, version) => sum + version, 0) >= wanted
  })
}

async function any(conditions: Promise<boolean>[]): Promise<boolean> {
  return (await Promise.all(conditions)).includes(true)
}

async function isThere(shop: Shop, path: string): Promise<boolean> {
  return (await ask(shop, path)).status === 200
}

/** One that was killed meanwhile and is not back yet needs nothing. */
function goOn(shop: Shop, part: string): void {
  if (shop.pids()[part] !== undefined) signal(shop, part, 'SIGCONT')
}
