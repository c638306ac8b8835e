import type { Group, Row } from './row.ts'
import { books } from './rows/books.ts'
import { deaths } from './rows/deaths.ts'
import { firstDeliveries, redeliveries } from './rows/deliveries.ts'
import { events } from './rows/events.ts'
import { numbers } from './rows/numbers.ts'
import { served } from './rows/served.ts'
import type { Lines } from './table.ts'

/** What is asked of every set of components, in the order in which it is run. */
export const groups: Group[] = [
  { title: 'What the shop does', rows: served },
  { title: 'How fast', rows: numbers },
  { title: 'Events', rows: [...firstDeliveries, ...events, ...redeliveries] },
  { title: 'When something dies', rows: deaths },
  { title: 'Books', rows: books },
]

/** The runner's own: what comes before the first row, and after the last. */
export const [starting, ending] = [
  { id: 'start', title: 'started from nothing' },
  { id: 'end', title: 'stopped, and nothing left' },
] as const

/** The lines of the table, under their headings. */
export function linesOf(chosen: readonly Group[]): Lines {
  return chosen.map(({ title, rows }, index) => ({
    title,
    rows: [...(index === 0 ? [starting] : []), ...rows, ...(index === chosen.length - 1 ? [ending] : [])],
  }))
}

export const suite: Row[] = groups.flatMap(({ rows }) => rows)

export const table: Lines = linesOf(groups)
