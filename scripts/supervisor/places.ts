import { relative } from 'node:path'
import type { Instance } from './instance.ts'
import type { RunApp } from './runfile.ts'
import { say } from './say.ts'
import { ShopError } from './shop-error.ts'

/** Asks the public edge, as a customer would. @throws ShopError when there is nothing to sell */
export async function countProducts(url: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(`${url}/products`, { signal })
  const products: unknown = response.ok ? await response.json() : undefined
  if (Array.isArray(products) && products.length > 0) return products.length
  throw new ShopError(
    `${url}/products answers ${response.status} and lists no product: the catalogue is not loaded. ` +
      "See 'bun run logs catalog'; 'bun run reset' begins with fresh data.",
  )
}

export function printPlaces({
  instance,
  apps,
  url,
}: {
  instance: Instance
  apps: RunApp[]
  url: string
}): void {
  const seconds = (performance.now() / 1000).toFixed(1)
  const rows: [string, string][] = [
    ['shop', url],
    ...apps.map(({ id, httpPort }): [string, string] => [`${id}'s sidecar`, `http://127.0.0.1:${httpPort}`]),
    ['logs', `bun run logs [SERVICE] --follow   (${relative(instance.root, instance.logDir) || '.'})`],
    ['stop', process.stdout.isTTY ? 'Ctrl-C, or bun run stop' : 'bun run stop'],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, place] of rows) say(`  ${name.padEnd(width)}  ${place}`)
  if (instance.insecure) say('INSECURE: no mTLS, no access control, no tokens. For debugging only.')
  say(`ready in ${seconds} s: ${url}`)
}
