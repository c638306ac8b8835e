import type { Kept as Listed } from '../../scripts/operations/dead-letters.ts'
import type { AnyShop } from './any-shop.ts'

export interface DeadLetter {
  service: string
  id: string
  topic: string
  event: { id: string; topic: string; data: { orderId?: unknown; type?: string } }
}

export interface Kept extends Pick<Listed, 'parked'> {
  deadLetters: DeadLetter[]
}

export async function lettersOf(shop: AnyShop, order: string): Promise<DeadLetter[]> {
  return (await shop.kept()).deadLetters.filter(({ event }) => event.data.orderId === order)
}
