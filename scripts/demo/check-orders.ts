import type { Books } from './books.ts'
import { type Answer, type Entry, foundIn, type SentOrder } from './ledger.ts'
import { lineList, type Mismatch } from './mismatch.ts'
import type { Order } from './shapes.ts'

type Report = (code: string, message: string) => void

/** Every order that was sent had the right answer, ended, and is kept as it was sent, once. */
export function checkOrders({ products, catalogue, entries }: Books): Mismatch[] {
  const mismatches: Mismatch[] = []
  const discontinued = new Set(products.filter(product => product.discontinued).map(product => product.id))
  const prices = new Map(catalogue.map(product => [product.id, product.unitPriceCents]))
  const numberOf = new Map<string, number>()

  for (const entry of entries) {
    const { sent, answer } = entry
    const report: Report = (code, message) =>
      mismatches.push({ code, about: `order ${sent.number}`, message })

    checkAnswer(answer, sent, discontinued, report)
    if (answer.kind !== 'accepted') continue

    const { id } = answer.order
    const other = numberOf.get(id)
    if (other === undefined) numberOf.set(id, sent.number)
    else report('order-id-doubled', `has the id ${id} of order ${other}`)

    checkContent('the answer to POST', answer.order, sent, prices, report)
    checkKept(entry, id, prices, report)
    checkCancellation(entry, id, report)
    if (entry.again !== undefined) checkAgain(entry.again, id, report)
  }
  return mismatches
}

function checkAnswer(answer: Answer, sent: SentOrder, discontinued: Set<number>, report: Report): void {
  const stopped = sent.lines.filter(line => discontinued.has(line.productId)).map(line => line.productId)
  if (answer.kind === 'unclear') {
    report('order-unclear', `had no usable answer: ${answer.problem}`)
  } else if (stopped.length === 0) {
    if (answer.kind === 'refused') {
      report('order-refused', `could be ordered, but was refused: ${answer.status} ${answer.code}`)
    }
  } else if (answer.kind === 'accepted') {
    report('discontinued-accepted', `was accepted with discontinued products ${stopped.join(', ')}`)
  } else if (answer.status !== 422 || answer.code !== 'product-discontinued') {
    const got = `${answer.status} ${answer.code}`
    report('refusal-differs', `should be refused with 422 product-discontinued, got ${got}`)
  }
}

function checkKept(entry: Entry, id: string, prices: Map<number, number>, report: Report): void {
  const read = entry.order ?? { problem: 'it was never read back' }
  if ('problem' in read) {
    report('order-lost', `${id} cannot be read: ${read.problem}`)
    return
  }
  const order = read.found
  if (order.id !== id) report('order-id-differs', `GET of ${id} answered order ${order.id}`)

  checkContent('GET', order, entry.sent, prices, report)
  if (entry.answer.kind === 'accepted' && order.shippingCents !== entry.answer.order.shippingCents) {
    const was = entry.answer.order.shippingCents
    report(
      'shipping-differs',
      `GET says ${order.shippingCents} cents for shipping, the answer to POST ${was}`,
    )
  }
  if (order.status === 'placed') report('order-open', `${id} is neither confirmed nor rejected`)
  if ((order.status === 'rejected' || order.status === 'cancelled') && !order.reason)
    report('reason-missing', `${id} was ${order.status} without a reason`)
  if (order.status === 'confirmed' && order.reason) {
    report('reason-unexpected', `${id} is confirmed, yet has the reason ${order.reason}`)
  }
}

function checkContent(
  where: string,
  order: Order,
  sent: SentOrder,
  prices: Map<number, number>,
  report: Report,
): void {
  if (order.customerId !== sent.customerId) {
    report('customer-differs', `${where} says customer ${order.customerId}, sent ${sent.customerId}`)
  }
  if (order.country !== sent.country) {
    report('country-differs', `${where} says ${order.country ?? 'no country'}, sent to ${sent.country}`)
  }
  if (lineList(order.lines) !== lineList(sent.lines)) {
    report('lines-differ', `${where} says ${lineList(order.lines)}; sent ${lineList(sent.lines)}`)
  }
  for (const { productId, unitPriceCents } of order.lines) {
    const price = prices.get(productId)
    if (unitPriceCents === price) continue
    report('price-differs', `${where} charges ${unitPriceCents} for product ${productId}, listed at ${price}`)
  }
  const total = totalCents(sent, prices)
  if (order.totalCents !== total)
    report('total-differs', `${where} says ${order.totalCents} cents, it is ${total}`)
}

/** Cancelled if and only if it was confirmed and Northwind never sent it. */
function checkCancellation({ sent, cancellation, order: read }: Entry, id: string, report: Report): void {
  const status = foundIn(read)?.status
  if (cancellation === undefined) {
    if (status === 'cancelled') report('cancelled-unasked', `${id} is cancelled, which nobody asked for`)
    if (status === 'confirmed' && !sent.isShipped) report('not-cancelled', `${id} was not cancelled`)
    return
  }
  if (cancellation.kind === 'unclear') {
    report('cancellation-unclear', `had no usable answer to its cancellation: ${cancellation.problem}`)
  } else if (cancellation.kind === 'refused') {
    const got = `${cancellation.status} ${cancellation.code}`
    report('cancellation-refused', `was confirmed, but its cancellation was refused: ${got}`)
  } else if (cancellation.order.id !== id || cancellation.order.status !== 'cancelled') {
    const got = `${cancellation.order.id}, ${cancellation.order.status}`
    report('cancellation-differs', `cancelling ${id} was answered with ${got}`)
  } else if (status !== undefined && status !== 'cancelled') {
    report('not-cancelled', `${id} was answered as cancelled, but is ${status}`)
  }
}

function checkAgain(again: Answer, id: string, report: Report): void {
  if (again.kind === 'accepted') {
    if (again.order.id !== id)
      report('key-doubled', `sent again with its key became ${again.order.id}, was ${id}`)
    return
  }
  const got = again.kind === 'refused' ? `${again.status} ${again.code}` : again.problem
  report('key-forgotten', `sent again with its key was not answered with ${id}: ${got}`)
}

/** What an order costs at the catalogue's prices; NaN when the catalogue lacks one of its products. */
export function totalCents(order: { lines: SentOrder['lines'] }, prices: Map<number, number>): number {
  return order.lines.reduce(
    (sum, line) => sum + line.quantity * (prices.get(line.productId) ?? Number.NaN),
    0,
  )
}
