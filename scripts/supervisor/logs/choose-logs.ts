import { ShopError } from '../shop-error.ts'

/**
 * The parts that `--logs` asks for. A service's name stands for its app, its sidecar and its build; without a choice these are
 * all services.
 * @param wanted as given: names, lists with commas, `all` or `none`
 * @throws ShopError naming the parts that exist
 */
export function chooseLogs(wanted: string[], parts: string[]): string[] {
  const names = wanted.flatMap(text => text.split(',')).filter(name => name !== '')
  if (names.includes('none')) return []
  if (names.includes('all')) return parts
  const unknown = names.find(name => !parts.some(part => stands(name, part)))
  if (unknown !== undefined) {
    throw new ShopError(`There is no log of '${unknown}'. There is: ${parts.join(', ')}, all, none.`)
  }
  return parts.filter(part => names.some(name => stands(name, part)))
}

function stands(name: string, part: string): boolean {
  return part === name || part === `${name}.sidecar` || part === `${name}.build`
}
