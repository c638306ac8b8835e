/** Settings for one call that the component defines, such as `{ partitionKey: 'a' }`. */
export type Metadata = Readonly<Record<string, string>>

/** A query of the parameters that are there, and of metadata as daprd reads it; empty, or with its `?`. */
export function toQuery(
  metadata: Metadata = {},
  parameters: Record<string, string | readonly string[] | undefined> = {},
): string {
  const pairs: [string, string][] = []
  for (const [name, values] of Object.entries(parameters)) {
    if (values === undefined) continue
    for (const value of typeof values === 'string' ? [values] : values) pairs.push([name, value])
  }
  for (const [name, value] of Object.entries(metadata)) pairs.push([`metadata.${name}`, value])
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
