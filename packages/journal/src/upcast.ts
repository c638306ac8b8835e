import type { StoredEvent } from './event-store.ts'

/**
 * For each type of event how its data gets from one version of its shape to the next: the first function takes version
 * 1 to 2, and so on. A type that is not named has version 1.
 */
export type Upcasters = Record<string, readonly ((data: never) => unknown)[]>

/** The version of the shape that new events of a type have. */
export function currentSchema(upcasters: Upcasters, type: string): number {
  return (upcasters[type]?.length ?? 0) + 1
}

/**
 * Data of an event in the shape that the code knows today; what is stored stays as it is.
 * @throws Error for an event that was written by later code
 */
export function upcast(upcasters: Upcasters, { type, schema, data }: StoredEvent): unknown {
  const current = currentSchema(upcasters, type)
  if (schema > current) {
    throw new Error(`${type} is stored in version ${schema}, this code knows ${current}: it is older`)
  }
  return (upcasters[type] ?? []).slice(schema - 1).reduce((older, step) => step(older as never), data)
}
