import { ShopError } from '../shop-error.ts'

/**
 * The address of a server that the person gives in an environment variable; undefined when it is not set.
 * @param defaultPort put in where the address has none
 * @param login how an example shows it
 * @throws ShopError for what is no address of that kind; it does not repeat a password
 */
export function givenUrl(
  variable: string,
  protocols: string[],
  defaultPort: number,
  login = 'USER:PASSWORD',
): URL | undefined {
  const text = process.env[variable]
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !protocols.includes(url.protocol) || url.hostname === '') {
    throw new ShopError(
      `${variable} is no address. Write it like ${protocols[0]}//${login}@HOST:${defaultPort}, or unset it.`,
    )
  }
  // the host that a scheme unknown to the URL standard has is complete only with its port
  if (url.port === '') url.port = String(defaultPort)
  return url
}
