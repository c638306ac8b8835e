import type { Books } from './books.ts'
import { unitsOf } from './insights.ts'
import { foundIn, type SentOrder } from './ledger.ts'
import type { Mismatch } from './mismatch.ts'
import type { Order, Shipment } from './shapes.ts'

type Report = (code: string, message: string) => void

/**
 * A confirmed order is sent, as it was ordered and for what was charged; no other one is. Where there is no shipping
 * service every order was charged the same.
 */
export function checkShipments(books: Pick<Books, 'entries' | 'parts'>): Mismatch[] {
  return books.parts.shipping ? checkEach(books) : checkFlatPrice(books)
}

function checkEach({ entries }: Pick<Books, 'entries'>): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const { sent, answer, order: read, shipment: kept } of entries) {
    const order = foundIn(read)
    if (answer.kind !== 'accepted' || order === undefined || order.status === 'placed') continue

    const report: Report = (code, message) =>
      mismatches.push({ code, about: `order ${sent.number}`, message })
    const shipment = foundIn(kept)
    if (shipment === undefined) {
      const { problem, isUnknown } = kept && 'problem' in kept ? kept : { problem: 'it was never read' }
      if (order.status === 'rejected' && isUnknown) continue
      report('shipment-lost', `is ${order.status}, but its shipment cannot be read: ${problem}`)
      continue
    }
    if (shipment.orderId !== answer.order.id) {
      report('shipment-id-differs', `GET for ${answer.order.id} answered that of ${shipment.orderId}`)
    }
    const expected = order.status === 'confirmed' ? 'arranged' : 'cancelled'
    if (shipment.status !== expected) {
      report('shipment-differs', `is ${order.status}, its shipment is ${shipment.status}`)
    }
    // One that was called off before it was arranged has no content.
    if (order.status !== 'rejected') checkContent(order, sent, shipment, report)
  }
  return mismatches
}

function checkContent(order: Order, sent: SentOrder, shipment: Shipment, report: Report): void {
  const units = unitsOf(sent)
  if (shipment.units !== units) {
    report('shipped-units-differ', `has ${units} units, its shipment ${shipment.units}`)
  }
  if (shipment.priceCents !== order.shippingCents) {
    report(
      'shipping-price-differs',
      `was charged ${order.shippingCents} cents, its shipment costs ${shipment.priceCents}`,
    )
  }
  if (shipment.country !== sent.country) {
    report('shipped-elsewhere', `goes to ${sent.country}, its shipment to ${shipment.country}`)
  }
}

function checkFlatPrice({ entries }: Pick<Books, 'entries'>): Mismatch[] {
  const mismatches: Mismatch[] = []
  let flat: number | undefined
  for (const { sent, order: read } of entries) {
    const order = foundIn(read)
    if (order === undefined) continue
    flat ??= order.shippingCents
    if (order.shippingCents === flat) continue
    const message = `was charged ${order.shippingCents} cents for shipping, others the flat price of ${flat}`
    mismatches.push({ code: 'shipping-not-flat', about: `order ${sent.number}`, message })
  }
  return mismatches
}
