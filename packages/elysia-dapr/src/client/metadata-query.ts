/** Settings for one call that the component defines, such as `{ partitionKey: 'a' }`. */
export type Metadata = Readonly<Record<string, string>>

/** A query of the parameters that are there, and of metadata as daprd reads it; empty, or with its `?`. */
export function toQuery(
  metadata: Metadata = {},
  parameters: Record<string, string | readonly string[] | undefined> = {},
): string {
  const query = new URLSearchParams()
  for (const [name, values = []] of Object.entries(parameters)) {
    for (const value of [values].flat()) query.append(name, value)
  }
  for (const [name, value] of Object.entries(metadata)) query.append(`metadata.${name}`, value)
  return query.size === 0 ? '' : `?${query}`
}
