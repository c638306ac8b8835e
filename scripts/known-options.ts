import { parseArgs } from 'node:util'
import type { ArgsDef } from 'citty'
import { ShopError } from './supervisor/shop-error.ts'

/** citty passes over what it does not know. @throws ShopError that names a mistyped option and the known ones */
export function assertKnownOptions(args: ArgsDef, rawArgs: string[]): void {
  const defined = Object.entries(args)
  const named = defined.filter(([, { type }]) => type !== 'positional')
  try {
    parseArgs({
      args: rawArgs,
      allowPositionals: named.length < defined.length,
      options: Object.fromEntries(named.map(([name, option]) => [name, toOption(option)])),
    })
  } catch (error) {
    const known = named.map(([name]) => `--${name}`)
    const options = known.length > 0 ? `Options: ${known.join(', ')}.` : 'There are no options.'
    throw new ShopError(`${(error as Error).message.split('. ')[0]}. ${options}`)
  }
}

function toOption(option: ArgsDef[string]) {
  const short = 'alias' in option && typeof option.alias === 'string' ? { short: option.alias } : {}
  return {
    type: option.type === 'boolean' ? ('boolean' as const) : ('string' as const),
    multiple: true,
    ...short,
  }
}
