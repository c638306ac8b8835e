import { describe, expect, test } from 'bun:test'
import { checkBooks } from './books.ts'
import {
  after,
  at,
  balancedBooks,
  cheap,
  kept,
  level,
  order,
  places,
  refused,
  settled,
} from './test/balanced-books.ts'

test('books that balance have no mismatch', () => {
  expect(checkBooks(balancedBooks())).toEqual([])
})

test('so do those of a shop without insights', () => {
  expect(after(() => {})).toEqual([])
})

test('the order of lines does not matter', () => {
  expect(
    after(books => {
      kept(books, 'order', 'confirmed').lines.reverse()
      kept(books, 'reservation', 'confirmed').lines.reverse()
    }),
  ).toEqual([])
})

describe('answers', () => {
  test('a discontinued product was accepted', () => {
    const mismatches = after(books => {
      const entry = settled(12, [[3, 1]], 'rejected')
      books.entries[places.refused] = entry
      at(books.stockAfter, 2).onHand = 0
      at(books.stockAfter, 2).available = 0
      at(books.stockBefore, 2).onHand = 0
    })
    expect(mismatches).toEqual(['order 12 discontinued-accepted'])
  })
  test('a discontinued product was refused with another code', () => {
    expect(
      after(books => {
        at(books.entries, places.refused).answer = { kind: 'refused', status: 422, code: 'product-unknown' }
      }),
    ).toEqual(['order 12 refusal-differs'])
  })
  test('a discontinued product was refused with another status', () => {
    expect(
      after(books => {
        at(books.entries, places.refused).answer = {
          kind: 'refused',
          status: 400,
          code: 'product-discontinued',
        }
      }),
    ).toEqual(['order 12 refusal-differs'])
  })
  test('an order that can be met was refused', () => {
    expect(
      after(books => {
        books.entries[places.rejected] = { ...refused(11, [[2, 50]]) }
      }),
    ).toEqual(['order 11 order-refused'])
  })
  test('an order had no usable answer', () => {
    expect(
      after(books => {
        const { sent } = at(books.entries, places.rejected)
        const answer = { kind: 'unclear', problem: 'connection refused' } as const
        books.entries[places.rejected] = { sent, answer, sentAt: 0, answeredAt: 1, retries: 9 }
      }),
    ).toEqual(['order 11 order-unclear'])
  })
  test('two orders got the same id', () => {
    expect(
      after(books => {
        const entry = at(books.entries, places.repeated)
        delete entry.again
        entry.answer = {
          kind: 'accepted',
          order: { ...order(13, [[1, 1]], 'placed', 'Germany'), id: 'id-10' },
        }
        kept(books, 'order', 'repeated').id = 'id-10'
        kept(books, 'reservation', 'repeated').orderId = 'id-10'
        kept(books, 'payment', 'repeated').orderId = 'id-10'
        kept(books, 'shipment', 'repeated').orderId = 'id-10'
      }),
    ).toEqual(['order 13 order-id-doubled'])
  })
  test('the answer to POST has another total', () => {
    expect(
      after(books => {
        const answer = at(books.entries, places.confirmed).answer
        if (answer.kind === 'accepted') answer.order.totalCents -= 1
      }),
    ).toEqual(['order 10 total-differs'])
  })
  test('the same key made another order', () => {
    expect(
      after(books => {
        at(books.entries, places.repeated).again = { kind: 'accepted', order: order(16, [[1, 1]], 'placed') }
      }),
    ).toEqual(['order 13 key-doubled'])
  })
  test('the same key was refused', () => {
    expect(
      after(books => {
        at(books.entries, places.repeated).again = { kind: 'refused', status: 409, code: 'conflict' }
      }),
    ).toEqual(['order 13 key-forgotten'])
  })
})

describe('orders read back', () => {
  test('an order is lost', () => {
    expect(
      after(books => {
        at(books.entries, places.rejected).order = { problem: 'answered 404 order-unknown' }
      }),
    ).toEqual(['order 11 order-lost'])
  })
  test('an order was never read', () => {
    expect(after(books => delete at(books.entries, places.rejected).order)).toEqual(['order 11 order-lost'])
  })
  test('another order was answered', () => {
    expect(
      after(books => {
        kept(books, 'order', 'rejected').id = 'id-99'
      }),
    ).toEqual(['order 11 order-id-differs'])
  })
  test('an order is still open', () => {
    expect(
      after(books => {
        kept(books, 'order', 'rejected').status = 'placed'
        delete kept(books, 'order', 'rejected').reason
      }),
    ).toEqual(['order 11 order-open'])
  })
  test('the reason is missing', () => {
    expect(
      after(books => {
        delete kept(books, 'order', 'rejected').reason
      }),
    ).toEqual(['order 11 reason-missing', 'order 11 reason-differs'])
  })
  test('a confirmed order has a reason', () => {
    expect(
      after(books => {
        kept(books, 'order', 'confirmed').reason = 'odd'
      }),
    ).toEqual(['order 10 reason-unexpected'])
  })
  test('the customer is another one', () => {
    expect(
      after(books => {
        kept(books, 'order', 'confirmed').customerId = 'ANATR'
      }),
    ).toEqual(['order 10 customer-differs'])
  })
  test('a quantity is another one', () => {
    expect(
      after(books => {
        at(kept(books, 'order', 'confirmed').lines, 1).quantity = 4
      }),
    ).toEqual(['order 10 lines-differ'])
  })
  test('a line is there twice', () => {
    expect(
      after(books => {
        kept(books, 'order', 'confirmed').lines.push({ productId: 2, quantity: 3, unitPriceCents: 99 })
      }),
    ).toEqual(['order 10 lines-differ'])
  })
  test('a line is gone', () => {
    expect(after(books => kept(books, 'order', 'confirmed').lines.pop())).toEqual(['order 10 lines-differ'])
  })
  test('a price is not the one of the catalogue', () => {
    expect(
      after(books => {
        at(kept(books, 'order', 'confirmed').lines, 0).unitPriceCents = 1000
      }),
    ).toEqual(['order 10 price-differs'])
  })
  test('the total is wrong by one cent', () => {
    expect(
      after(books => {
        kept(books, 'order', 'confirmed').totalCents += 1
      }),
    ).toEqual(['order 10 total-differs', 'order 10 amount-differs', 'order 10 captured-differs'])
  })
  test('the price of shipping has changed', () => {
    expect(
      after(books => {
        const { answer } = at(books.entries, places.confirmed)
        if (answer.kind === 'accepted') answer.order.shippingCents += 1
      }),
    ).toEqual(['order 10 shipping-differs'])
  })
  test('the country is another one', () => {
    expect(
      after(books => {
        kept(books, 'order', 'confirmed').country = 'Peru'
      }),
    ).toEqual(['order 10 country-differs'])
  })
})

describe('cancellations', () => {
  test('an order was cancelled that nobody wanted cancelled', () => {
    expect(after(books => delete at(books.entries, places.cancelled).cancellation)).toEqual([
      'order 14 cancelled-unasked',
    ])
  })
  test('a confirmed order that was never sent was not cancelled', () => {
    expect(
      after(books => {
        at(books.entries, places.confirmed).sent.isShipped = false
      }),
    ).toEqual(['order 10 not-cancelled'])
  })
  test('an order was answered as cancelled, and is not', () => {
    expect(
      after(books => {
        const cancelled = { ...order(13, [[1, 1]], 'cancelled', 'Germany') }
        at(books.entries, places.repeated).cancellation = { kind: 'accepted', order: cancelled }
      }),
    ).toEqual(['order 13 not-cancelled'])
  })
  test('another order was answered', () => {
    expect(
      after(books => {
        const cancelled = { ...order(13, [[1, 2]], 'cancelled') }
        at(books.entries, places.cancelled).cancellation = { kind: 'accepted', order: cancelled }
      }),
    ).toEqual(['order 14 cancellation-differs'])
  })
  test('it was refused', () => {
    expect(
      after(books => {
        const answer = { kind: 'refused', status: 409, code: 'order-not-confirmed' } as const
        at(books.entries, places.cancelled).cancellation = answer
      }),
    ).toEqual(['order 14 cancellation-refused'])
  })
  test('it had no usable answer', () => {
    expect(
      after(books => {
        at(books.entries, places.cancelled).cancellation = { kind: 'unclear', problem: 'answered 500' }
      }),
    ).toEqual(['order 14 cancellation-unclear'])
  })
  test('the reason is missing', () => {
    expect(
      after(books => {
        delete kept(books, 'order', 'cancelled').reason
      }),
    ).toEqual(['order 14 reason-missing'])
  })
})

describe('reservations', () => {
  test('a confirmed order has none', () => {
    expect(
      after(books => {
        at(books.entries, places.confirmed).reservation = { problem: 'answered 404 reservation-unknown' }
      }),
    ).toEqual(['order 10 reservation-lost'])
  })
  test('a reservation was never read', () => {
    expect(after(books => delete at(books.entries, places.confirmed).reservation)).toEqual([
      'order 10 reservation-lost',
    ])
  })
  test('it is that of another order', () => {
    expect(
      after(books => {
        kept(books, 'reservation', 'confirmed').orderId = 'id-11'
      }),
    ).toEqual(['order 10 reservation-id-differs'])
  })
  test('a confirmed order was rejected by the inventory', () => {
    expect(
      after(books => {
        Object.assign(kept(books, 'reservation', 'confirmed'), { status: 'rejected', lines: [] })
      }),
    ).toEqual(['order 10 reservation-differs'])
  })
  test('a rejected order was reserved', () => {
    expect(
      after(books => {
        const { lines } = at(books.entries, places.rejected).sent
        Object.assign(kept(books, 'reservation', 'rejected'), { status: 'reserved', lines })
      }),
    ).toEqual(['order 11 reservation-differs'])
  })
  test.each([
    ['confirmed', 'reserved', 'order 10'],
    ['confirmed', 'released', 'order 10'],
    ['rejected', 'released', 'order 11'],
    ['cancelled', 'fulfilled', 'order 14'],
    ['declined', 'reserved', 'order 15'],
    ['declined', 'fulfilled', 'order 15'],
  ] as const)('of the %s order it is %s', (place, status, about) => {
    expect(
      after(books => {
        kept(books, 'reservation', place).status = status
      }),
    ).toEqual([`${about} reservation-differs`])
  })
  test('it may have expired, or been called off before anything was reserved', () => {
    expect(
      after(books => {
        Object.assign(kept(books, 'reservation', 'declined'), { status: 'expired', lines: [] })
      }),
    ).toEqual([])
  })
  test('an order whose units were to be released never had so many', () => {
    expect(
      after(books => {
        at(kept(books, 'reservation', 'declined').lines, 0).quantity += 1
      }),
    ).toEqual(['order 15 reserved-lines-differ'])
  })
  test('other units are reserved than were ordered', () => {
    expect(
      after(books => {
        at(kept(books, 'reservation', 'confirmed').lines, 0).quantity = 5
      }),
    ).toEqual(['order 10 reserved-lines-differ'])
  })
  test('a rejected order has lines reserved', () => {
    expect(
      after(books => {
        kept(books, 'reservation', 'rejected').lines.push({ productId: 2, quantity: 1 })
      }),
    ).toEqual(['order 11 reserved-lines-differ'])
  })
  test('an order was rejected by the inventory, but says that the card was declined', () => {
    expect(
      after(books => {
        const { orderId } = kept(books, 'reservation', 'declined')
        const rejected = { status: 'rejected', reason: 'insufficient-stock', lines: [] } as const
        const reservation = { orderId, ...rejected, lines: [], version: 1 }
        at(books.entries, places.declined).reservation = { found: reservation }
      }),
    ).toEqual(['order 15 reason-differs'])
  })
  test('order and reservation give different reasons', () => {
    expect(
      after(books => {
        kept(books, 'reservation', 'rejected').reason = 'product-unknown'
      }),
    ).toEqual(['order 11 reason-differs'])
  })
})

describe('stock', () => {
  test('more has left than the confirmed orders took', () => {
    expect(
      after(books => {
        books.stockAfter[0] = level(1, 11, 5)
      }),
    ).toEqual(['product 1 on-hand-differs'])
  })
  test('less has left than the confirmed orders took', () => {
    expect(
      after(books => {
        books.stockAfter[0] = level(1, 16, 5)
      }),
    ).toEqual(['product 1 on-hand-differs'])
  })
  test('the units of a cancelled order have not come back', () => {
    expect(
      after(books => {
        books.stockAfter[0] = level(1, 13, 5)
      }),
    ).toEqual(['product 1 on-hand-differs'])
  })
  test('a refused order took a discontinued product', () => {
    expect(
      after(books => {
        books.stockAfter[2] = level(3, 8, 0)
      }),
    ).toEqual(['product 3 on-hand-differs'])
  })
  test('units are still reserved', () => {
    expect(
      after(books => {
        books.stockAfter[1] = level(2, 37, 1)
      }),
    ).toEqual(['product 2 reserved-differs'])
  })
  test('units are reserved no more that another order had', () => {
    expect(
      after(books => {
        books.stockAfter[0] = level(1, 15, 4)
      }),
    ).toEqual(['product 1 reserved-differs'])
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
        books.stockAfter[0] = level(1, 4, 5)
      }),
    ).toEqual(['product 1 oversold'])
  })
  test('there is less than nothing', () => {
    expect(
      after(books => {
        books.stockBefore[1] = level(2, 2, 0)
        books.stockAfter[1] = { ...level(2, -1, -2), reserved: 0, available: -1 }
      }),
    ).toEqual(['product 2 oversold'])
  })
  test('a product has no stock level', () => {
    expect(after(books => books.stockAfter.pop())).toEqual(['product 3 stock-missing'])
  })
  test('a product has two stock levels', () => {
    expect(after(books => books.stockAfter.push(level(3, 9, 0)))).toEqual(['stock stock-doubled'])
  })
})

describe('an order was rejected for want of stock', () => {
  /** So that of the product of the rejected order, which wants 50, this many are left. */
  const leave = (onHand: number) =>
    after(books => {
      books.stockBefore[1] = level(2, onHand + 3, 0)
      books.stockAfter[1] = level(2, onHand, 0)
    })

  test('that what is left would meet, given back or not', () => {
    expect(leave(51)).toEqual(['order 11 rejected-with-stock'])
  })
  test('that what is left meets only since an order after it gave back its units', () => {
    expect(leave(50)).toEqual([])
  })
  test('and the units that a cancelled order gave back do not count', () => {
    expect(
      after(books => {
        const cancelled = settled(14, [[2, 20]], 'cancelled')
        const answer = { kind: 'accepted', order: order(14, [[2, 20]], 'cancelled') } as const
        books.entries[places.cancelled] = { ...cancelled, cancellation: answer }
        books.stockBefore[1] = level(2, 63, 0)
        books.stockAfter[1] = level(2, 60, 0)
      }),
    ).toEqual([])
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
