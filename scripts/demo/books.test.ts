import { describe, expect, test } from 'bun:test'
import { type Books, checkBooks } from './books.ts'
import type { Entry } from './ledger.ts'
import type { Order, Reservation } from './shapes.ts'

const dear = { id: 1, name: 'Tea', unitPriceCents: 1050, discontinued: false }
const cheap = { id: 2, name: 'Salt', unitPriceCents: 99, discontinued: false }
const stopped = { id: 3, name: 'Ham', unitPriceCents: 500, discontinued: true }

/** Order 10 confirmed, 11 rejected, 12 refused for a discontinued product, 13 confirmed and sent again. */
function balancedBooks(): Books {
  const products = [dear, cheap, stopped]
  return {
    products: structuredClone(products),
    catalogue: structuredClone(products),
    entries: [
      settled(
        10,
        [
          [1, 4],
          [2, 3],
        ],
        'confirmed',
        4497,
      ),
      settled(11, [[2, 50]], 'rejected', 4950),
      refused(12, [
        [3, 1],
        [1, 2],
      ]),
      {
        ...settled(13, [[1, 1]], 'confirmed', 1050),
        again: { kind: 'accepted', order: order(13, [[1, 1]], 'confirmed', 1050) },
      },
    ],
    stockBefore: [level(1, 20, 5), level(2, 40, 0), level(3, 9, 0)],
    stockAfter: [level(1, 20, 10), level(2, 40, 3), level(3, 9, 0)],
  }
}

type Pairs = [productId: number, quantity: number][]

function sent(number: number, pairs: Pairs) {
  const lines = pairs.map(([productId, quantity]) => ({ productId, quantity }))
  return { number, key: `run-${number}`, customerId: 'ALFKI', lines }
}

function order(number: number, pairs: Pairs, status: Order['status'], totalCents: number): Order {
  const prices = new Map([dear, cheap, stopped].map(product => [product.id, product.unitPriceCents]))
  return {
    id: `id-${number}`,
    customerId: 'ALFKI',
    status,
    lines: pairs.map(([productId, quantity]) => ({
      productId,
      quantity,
      unitPriceCents: prices.get(productId) ?? 0,
    })),
    totalCents,
    ...(status === 'rejected' ? { reason: 'insufficient-stock' } : {}),
  }
}

function settled(number: number, pairs: Pairs, status: 'confirmed' | 'rejected', totalCents: number): Entry {
  const reservation: Reservation =
    status === 'confirmed'
      ? { orderId: `id-${number}`, status: 'reserved', lines: sent(number, pairs).lines }
      : { orderId: `id-${number}`, status: 'rejected', reason: 'insufficient-stock', lines: [] }
  return {
    sent: sent(number, pairs),
    answer: { kind: 'accepted', order: order(number, pairs, 'placed', totalCents) },
    order: { found: order(number, pairs, status, totalCents) },
    reservation: { found: reservation },
    sentAt: 0,
    answeredAt: 1,
    settledAt: 2,
    retries: 0,
  }
}

function refused(number: number, pairs: Pairs): Entry {
  const answer = { kind: 'refused', status: 422, code: 'product-discontinued' } as const
  return { sent: sent(number, pairs), answer, sentAt: 0, answeredAt: 1, retries: 0 }
}

function level(productId: number, onHand: number, reserved: number) {
  return { productId, onHand, reserved, available: onHand - reserved }
}

/** The books with one thing changed, as `about code` of each mismatch. */
function after(change: (books: Books) => void): string[] {
  const books = balancedBooks()
  change(books)
  return checkBooks(books).map(({ about, code }) => `${about} ${code}`)
}

function at<T>(list: T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Error(`nothing at ${index}`)
  return item
}

function keptOrder(books: Books, index: number): Order {
  const read = at(books.entries, index).order
  if (read === undefined || 'problem' in read) throw new Error(`no order at ${index}`)
  return read.found
}

function keptReservation(books: Books, index: number): Reservation {
  const read = at(books.entries, index).reservation
  if (read === undefined || 'problem' in read) throw new Error(`no reservation at ${index}`)
  return read.found
}

test('books that balance have no mismatch', () => {
  expect(checkBooks(balancedBooks())).toEqual([])
})

test('the order of lines does not matter', () => {
  expect(
    after(books => {
      keptOrder(books, 0).lines.reverse()
      keptReservation(books, 0).lines.reverse()
    }),
  ).toEqual([])
})

describe('answers', () => {
  test('a discontinued product was accepted', () => {
    const mismatches = after(books => {
      const entry = settled(12, [[3, 1]], 'rejected', 500)
      books.entries[2] = entry
      at(books.stockAfter, 2).onHand = 0
      at(books.stockAfter, 2).available = 0
      at(books.stockBefore, 2).onHand = 0
    })
    expect(mismatches).toEqual(['order 12 discontinued-accepted'])
  })
  test('a discontinued product was refused with another code', () => {
    expect(
      after(books => {
        at(books.entries, 2).answer = { kind: 'refused', status: 422, code: 'product-unknown' }
      }),
    ).toEqual(['order 12 refusal-differs'])
  })
  test('a discontinued product was refused with another status', () => {
    expect(
      after(books => {
        at(books.entries, 2).answer = { kind: 'refused', status: 400, code: 'product-discontinued' }
      }),
    ).toEqual(['order 12 refusal-differs'])
  })
  test('an order that can be met was refused', () => {
    expect(
      after(books => {
        books.entries[1] = { ...refused(11, [[2, 50]]) }
      }),
    ).toEqual(['order 11 order-refused'])
  })
  test('an order had no usable answer', () => {
    expect(
      after(books => {
        const { sent } = at(books.entries, 1)
        const answer = { kind: 'unclear', problem: 'connection refused' } as const
        books.entries[1] = { sent, answer, sentAt: 0, answeredAt: 1, retries: 9 }
      }),
    ).toEqual(['order 11 order-unclear'])
  })
  test('two orders got the same id', () => {
    expect(
      after(books => {
        const entry = at(books.entries, 3)
        delete entry.again
        entry.answer = { kind: 'accepted', order: { ...order(13, [[1, 1]], 'placed', 1050), id: 'id-10' } }
        keptOrder(books, 3).id = 'id-10'
        keptReservation(books, 3).orderId = 'id-10'
      }),
    ).toEqual(['order 13 order-id-doubled'])
  })
  test('the answer to POST has another total', () => {
    expect(
      after(books => {
        const answer = at(books.entries, 0).answer
        if (answer.kind === 'accepted') answer.order.totalCents -= 1
      }),
    ).toEqual(['order 10 total-differs'])
  })
  test('the same key made another order', () => {
    expect(
      after(books => {
        at(books.entries, 3).again = { kind: 'accepted', order: order(14, [[1, 1]], 'placed', 1050) }
      }),
    ).toEqual(['order 13 key-doubled'])
  })
  test('the same key was refused', () => {
    expect(
      after(books => {
        at(books.entries, 3).again = { kind: 'refused', status: 409, code: 'conflict' }
      }),
    ).toEqual(['order 13 key-forgotten'])
  })
})

describe('orders read back', () => {
  test('an order is lost', () => {
    expect(
      after(books => {
        at(books.entries, 1).order = { problem: 'answered 404 order-unknown' }
      }),
    ).toEqual(['order 11 order-lost'])
  })
  test('an order was never read', () => {
    expect(after(books => delete at(books.entries, 1).order)).toEqual(['order 11 order-lost'])
  })
  test('another order was answered', () => {
    expect(
      after(books => {
        keptOrder(books, 1).id = 'id-99'
      }),
    ).toEqual(['order 11 order-id-differs'])
  })
  test('an order is still open', () => {
    expect(
      after(books => {
        keptOrder(books, 1).status = 'placed'
        delete keptOrder(books, 1).reason
      }),
    ).toEqual(['order 11 order-open'])
  })
  test('the reason is missing', () => {
    expect(
      after(books => {
        delete keptOrder(books, 1).reason
      }),
    ).toEqual(['order 11 reason-missing', 'order 11 reason-differs'])
  })
  test('a confirmed order has a reason', () => {
    expect(
      after(books => {
        keptOrder(books, 0).reason = 'odd'
      }),
    ).toEqual(['order 10 reason-unexpected', 'order 10 reason-differs'])
  })
  test('the customer is another one', () => {
    expect(
      after(books => {
        keptOrder(books, 0).customerId = 'ANATR'
      }),
    ).toEqual(['order 10 customer-differs'])
  })
  test('a quantity is another one', () => {
    expect(
      after(books => {
        at(keptOrder(books, 0).lines, 1).quantity = 4
      }),
    ).toEqual(['order 10 lines-differ'])
  })
  test('a line is there twice', () => {
    expect(
      after(books => {
        keptOrder(books, 0).lines.push({ productId: 2, quantity: 3, unitPriceCents: 99 })
      }),
    ).toEqual(['order 10 lines-differ'])
  })
  test('a line is gone', () => {
    expect(after(books => keptOrder(books, 0).lines.pop())).toEqual(['order 10 lines-differ'])
  })
  test('a price is not the one of the catalogue', () => {
    expect(
      after(books => {
        at(keptOrder(books, 0).lines, 0).unitPriceCents = 1000
      }),
    ).toEqual(['order 10 price-differs'])
  })
  test('the total is wrong by one cent', () => {
    expect(
      after(books => {
        keptOrder(books, 0).totalCents += 1
      }),
    ).toEqual(['order 10 total-differs'])
  })
})

describe('reservations', () => {
  test('a confirmed order has none', () => {
    expect(
      after(books => {
        at(books.entries, 0).reservation = { problem: 'answered 404 reservation-unknown' }
      }),
    ).toEqual(['order 10 reservation-lost'])
  })
  test('a reservation was never read', () => {
    expect(after(books => delete at(books.entries, 0).reservation)).toEqual(['order 10 reservation-lost'])
  })
  test('it is that of another order', () => {
    expect(
      after(books => {
        keptReservation(books, 0).orderId = 'id-11'
      }),
    ).toEqual(['order 10 reservation-id-differs'])
  })
  test('a confirmed order was rejected by the inventory', () => {
    expect(
      after(books => {
        Object.assign(keptReservation(books, 0), { status: 'rejected', lines: [] })
      }),
    ).toEqual(['order 10 reservation-differs'])
  })
  test('a rejected order was reserved', () => {
    expect(
      after(books => {
        const { lines } = at(books.entries, 1).sent
        Object.assign(keptReservation(books, 1), { status: 'reserved', lines })
      }),
    ).toEqual(['order 11 reservation-differs'])
  })
  test('other units are reserved than were ordered', () => {
    expect(
      after(books => {
        at(keptReservation(books, 0).lines, 0).quantity = 5
      }),
    ).toEqual(['order 10 reserved-lines-differ'])
  })
  test('a rejected order has lines reserved', () => {
    expect(
      after(books => {
        keptReservation(books, 1).lines.push({ productId: 2, quantity: 1 })
      }),
    ).toEqual(['order 11 reserved-lines-differ'])
  })
  test('order and reservation give different reasons', () => {
    expect(
      after(books => {
        keptReservation(books, 1).reason = 'product-unknown'
      }),
    ).toEqual(['order 11 reason-differs'])
  })
})

describe('stock', () => {
  test('more is reserved than the confirmed orders took', () => {
    expect(
      after(books => {
        books.stockAfter[0] = level(1, 20, 14)
      }),
    ).toEqual(['product 1 reserved-differs'])
  })
  test('less is reserved than the confirmed orders took', () => {
    expect(
      after(books => {
        books.stockAfter[0] = level(1, 20, 9)
      }),
    ).toEqual(['product 1 reserved-differs'])
  })
  test('a refused order reserved a discontinued product', () => {
    expect(
      after(books => {
        books.stockAfter[2] = level(3, 9, 1)
      }),
    ).toEqual(['product 3 reserved-differs'])
  })
  test('what is on hand changed', () => {
    expect(
      after(books => {
        books.stockAfter[1] = level(2, 41, 3)
      }),
    ).toEqual(['product 2 on-hand-differs'])
  })
  test('available does not follow from the rest', () => {
    expect(
      after(books => {
        at(books.stockAfter, 0).available += 1
      }),
    ).toEqual(['product 1 available-differs'])
  })
  test('more is reserved than there is', () => {
    expect(
      after(books => {
        books.stockBefore[0] = level(1, 9, 5)
        books.stockAfter[0] = level(1, 9, 10)
      }),
    ).toEqual(['product 1 oversold'])
  })
  test('a product has no stock level', () => {
    expect(after(books => books.stockAfter.pop())).toEqual(['product 3 stock-missing'])
  })
  test('a product has two stock levels', () => {
    expect(after(books => books.stockAfter.push(level(3, 9, 0)))).toEqual(['stock stock-doubled'])
  })
  test('an order was rejected that the rest would meet', () => {
    expect(
      after(books => {
        books.stockBefore[1] = level(2, 100, 0)
        books.stockAfter[1] = level(2, 100, 3)
      }),
    ).toEqual(['order 11 rejected-with-stock'])
  })
})

describe('catalogue', () => {
  test('a price is not the one of the data', () => {
    expect(
      after(books => {
        at(books.catalogue, 2).unitPriceCents += 1
      }),
    ).toEqual(['product 3 product-differs'])
  })
  test('a product is not marked as discontinued', () => {
    expect(
      after(books => {
        at(books.catalogue, 2).discontinued = false
      }),
    ).toEqual(['product 3 product-differs'])
  })
  test('a product is missing', () => {
    expect(after(books => books.catalogue.pop())).toEqual(['product 3 product-missing'])
  })
  test('a product is not in the data', () => {
    expect(after(books => books.catalogue.push({ ...cheap, id: 4 }))).toEqual(['product 4 product-invented'])
  })
  test('a product is listed twice', () => {
    expect(after(books => books.catalogue.push({ ...cheap }))).toEqual(['catalogue product-doubled'])
  })
})
