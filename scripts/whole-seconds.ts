import { ShopError } from './supervisor/shop-error.ts'

/** The value of an option that takes seconds. @throws ShopError for what is no positive whole number */
export function wholeSeconds(option: string, value: string): number {
  const seconds = Number(value)
  if (Number.isInteger(seconds) && seconds > 0) return seconds
  throw new ShopError(`--${option} takes whole seconds, not '${value}'.`)
}
