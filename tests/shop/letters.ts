import type { Kept as Listed } from '../../scripts/operations/dead-letters.ts'
import type { Shop } from './shop.ts'

export interface DeadLetter {
  service: string
  id: string
  topic: string
  event: { id: string; topic: string; data: { orderId?: unknown; type?: string } }
}

export interface Kept extends Pick<Listed, 'parked'> {
  deadLetters: DeadLetter[]
}

/** The events that a shop has given up, and those that wait for another one, as `bun run deadletters` lists them. */
export async function kept(shop: Shop): Promise<Kept> {
  const { code, output } = await shop.command('deadletters', 'list', '--json')
  if (code !== 0) throw new Error(`bun run deadletters failed:\n${output}`)
  return JSON.parse(output)
}

export async function lettersOf(shop: Shop, order: string): Promise<DeadLetter[]> {
  return (await kept(shop)).deadLetters.filter(({ event }) => event.data.orderId === order)
}
