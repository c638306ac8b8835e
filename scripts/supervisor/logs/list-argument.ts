import { parseArgs } from 'node:util'

/** Every value of an option that may be given more than once; citty keeps the last one only. */
export function listOf(rawArgs: string[], name: string): string[] {
  const { values } = parseArgs({
    args: rawArgs,
    options: { [name]: { type: 'string', multiple: true } },
    strict: false,
  })
  const value = values[name]
  return Array.isArray(value) ? value.map(String) : []
}
