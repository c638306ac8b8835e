import type { Reservation, ReservationEvent } from '@shop/inventory-contract'

export interface Line {
  productId: number
  quantity: number
}

export type ReservationCommand =
  | { command: 'reserve'; lines: Line[] }
  | { command: 'release' }
  | { command: 'expire' }
  /** The order is confirmed: its units leave the warehouse. */
  | { command: 'fulfil'; lines: Line[] }
  /** The order is cancelled: its units come back. */
  | { command: 'restock' }

/** What a decision rests on beside the reservation. */
export interface Circumstances {
  orderId: string
  /** Units of a product that are kept for nobody. */
  available: (productId: number) => number
  /** Now, as RFC 3339 in UTC. */
  at: string
  /** Until when units are kept that are reserved now. */
  expiresAt: string
}

/** The command cannot be done for the reservation as it is. */
export class ReservationRefused extends Error {
  override readonly name = 'ReservationRefused'
  readonly code: 'reservation-fulfilled' | 'units-missing'

  constructor(code: ReservationRefused['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The contract allows no more in one line; two lines of a product may ask for it in sum. */
const mostOfOneProduct = 1_000_000

/**
 * What a command does to a reservation: one event, or nothing when it is so already or makes no sense any more.
 * @throws ReservationRefused
 */
export function decide(
  command: ReservationCommand,
  before: Reservation | undefined,
  circumstances: Circumstances,
): ReservationEvent | undefined {
  const { orderId, at, expiresAt } = circumstances
  const version = (before?.version ?? 0) + 1
  const next = { orderId, version, previous: version - 1, at, lines: before?.lines ?? [] }
  const status = before?.status

  switch (command.command) {
    case 'reserve': {
      if (before) return undefined
      const lines = mergeLines(command.lines)
      const isTooMuch = lines.some(({ quantity }) => quantity > mostOfOneProduct)
      if (isTooMuch) return { ...next, type: 'stock-rejected', reason: 'quantity-too-large' }
      if (isShort(lines, circumstances)) {
        return { ...next, type: 'stock-rejected', reason: 'insufficient-stock' }
      }
      return { ...next, type: 'stock-reserved', lines, expiresAt }
    }
    case 'release':
      if (status === 'fulfilled') {
        throw new ReservationRefused('reservation-fulfilled', `The units of order ${orderId} have left.`)
      }
      return isOpen(before) ? { ...next, type: 'stock-released' } : undefined
    case 'expire':
      if (before?.expiresAt === undefined || before.expiresAt > at) return undefined
      return { ...next, type: 'stock-expired' }
    case 'fulfil': {
      if (status === 'reserved') return { ...next, type: 'stock-fulfilled' }
      if (status === 'fulfilled' || status === 'restocked') return undefined
      // Given back while the order was being confirmed: whatever is there by now is taken.
      const lines = mergeLines(command.lines)
      if (isShort(lines, circumstances)) {
        const was = status ?? 'never made'
        throw new ReservationRefused(
          'units-missing',
          `Order ${orderId} is confirmed, its reservation was ${was} and units are missing.`,
        )
      }
      return { ...next, type: 'stock-fulfilled', lines }
    }
    case 'restock':
      if (status === 'fulfilled') return { ...next, type: 'stock-restocked' }
      return isOpen(before) ? { ...next, type: 'stock-released' } : undefined
  }
}

/** The reservation after an event, which says all of it. */
export function evolve(event: ReservationEvent): Reservation {
  const { orderId, lines, version } = event
  const common = { orderId, lines, version }
  switch (event.type) {
    case 'stock-reserved':
      return { ...common, status: 'reserved', expiresAt: event.expiresAt }
    case 'stock-rejected':
      return { ...common, status: 'rejected', reason: event.reason }
    case 'stock-released':
      return { ...common, status: 'released' }
    case 'stock-expired':
      return { ...common, status: 'expired' }
    case 'stock-fulfilled':
      return { ...common, status: 'fulfilled' }
    case 'stock-restocked':
      return { ...common, status: 'restocked' }
  }
}

/** It may still come to be, or keeps units. */
function isOpen(reservation: Reservation | undefined): boolean {
  return reservation === undefined || reservation.status === 'reserved'
}

function isShort(lines: Line[], { available }: Circumstances): boolean {
  return lines.some(({ productId, quantity }) => quantity > available(productId))
}

/** One line for each product: two lines of the same one ask for the sum. */
export function mergeLines(lines: readonly Line[]): Line[] {
  const units = new Map<number, number>()
  for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity)
  return [...units]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((one, other) => one.productId - other.productId)
}
