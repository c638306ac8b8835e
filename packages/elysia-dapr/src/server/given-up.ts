/** The latest entries that were given up and may be delivered again. */
export interface GivenUp {
  add(entryId: string): void
  has(entryId: string): boolean
}

/** Remembers so many; what is forgotten is only judged again. */
export function rememberGivenUp(limit = 10_000): GivenUp {
  const entryIds = new Set<string>()
  return {
    has: entryId => entryIds.has(entryId),
    add(entryId) {
      entryIds.add(entryId)
      const [oldest] = entryIds.size > limit ? entryIds : []
      if (oldest !== undefined) entryIds.delete(oldest)
    },
  }
}
