import { closest, distance } from 'fastest-levenshtein'

/** What a misspelt word may have meant. */
export function spelling(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near ? `did you mean ${near}?` : `use one of ${known.join(', ')}`
}

/** The known word that is spelt almost the same, without regard to case. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = word.toLowerCase()
  const near = closest(
    lower,
    known.map(each => each.toLowerCase()),
  )
  if (distance(lower, near) > Math.max(2, Math.floor(word.length / 3))) return undefined
  return known.find(each => each.toLowerCase() === near)
}
