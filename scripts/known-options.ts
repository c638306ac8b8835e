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
      options: Object.fromEntries(
        named.flatMap(([name, option]) => namesOf(name, option).map(each => [each, toOption(option)])),
      ),
    })
  } catch (error) {
    const known = named.map(([name, option]) => `--${namesOf(name, option).at(-1)}`)
    const options = known.length > 0 ? `Options: ${known.join(', ')}.` : 'There are no options.'
    throw new ShopError(`${(error as Error).message.split('. ')[0]}. ${options}`)
  }
}

/** What is so unless it is said otherwise has an option that says so. */
function namesOf(name: string, option: ArgsDef[string]): string[] {
  return option.type === 'boolean' && option.default === true ? [name, `no-${name}`] : [name]
}

function toOption(option: ArgsDef[string]) {
  const short = 'alias' in option && typeof option.alias === 'string' ? { short: option.alias } : {}
  return {
    type: option.type === 'boolean' ? ('boolean' as const) : ('string' as const),
    multiple: true,
    ...short,
  }
}
