import { join } from 'node:path'
import pLimit from 'p-limit'
import type { CardVault } from './card-vault.ts'
import type { Store } from './store.ts'

export interface SeedDependencies {
  store: Pick<Store, 'customersWithCard' | 'addSealedCards'>
  vault: Pick<CardVault, 'seal'>
}

/** How many cards the vault seals at once. */
const atOnce = 8

/** Gives each customer of customers.json who has no card the card `tok_<customerId>`. Returns how many it gave. */
export async function seed({ store, vault }: SeedDependencies, folder: string): Promise<number> {
  const customers = (await Bun.file(join(folder, 'customers.json')).json()) as { id: string }[]
  const known = new Set(await store.customersWithCard())
  const cardless = customers.filter(({ id }) => !known.has(id))
  const cards = await pLimit(atOnce).map(cardless, async ({ id }) => ({
    customerId: id,
    sealed: await vault.seal(`tok_${id}`),
  }))
  await store.addSealedCards(cards)
  return cards.length
}
