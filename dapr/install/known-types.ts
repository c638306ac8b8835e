import { InstallError } from './errors.ts'
import known from './known-types.json' with { type: 'json' }
import type { Registration } from './registrations.ts'
import { PINNED } from './versions.ts'

/**
 * Every component type of the pinned runtime: generated from its source, committed, so that a misspelt type is
 * found on machines that have no Go as well.
 */
export function knownTypes(): Map<string, Registration> {
  if (known.dapr !== PINNED.dapr) {
    throw new InstallError(
      `dapr/install/known-types.json is of Dapr ${known.dapr}, versions.ts pins ${PINNED.dapr}.\n` +
        'Run: bun dapr/install/generate-known-types.ts',
    )
  }
  return new Map<string, Registration>(Object.entries(known.types))
}

/** Up to three known types that look most like the unknown one. */
export function closeTypes(type: string, types: Iterable<string>): string[] {
  const ranked = [...types]
    .map(candidate => ({ candidate, distance: distanceBetween(type, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]?.distance ?? 0
  return ranked
    .filter(({ distance }) => distance <= best + 1)
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** Levenshtein distance: edits of one letter that lead from one word to the other. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
