import { relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Skipped, skippedLine } from '../builds/build-step.ts'
import { say } from '../logs/say.ts'
import type { Instance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'
import type { RunApp } from './runfile.ts'

export interface CountOptions {
  /** Milliseconds until it gives up. @default 30_000 */
  patience?: number
  /** Milliseconds for one answer. @default 3_000 */
  askFor?: number
}

/**
 * Asks the public edge, as a customer would; again until it answers, since its sidecar finds the others only when
 * they have announced themselves.
 * @throws ShopError when there is nothing to sell after half a minute
 */
export async function countProducts(
  url: string,
  signal: AbortSignal,
  { patience = 30_000, askFor = 3000 }: CountOptions = {},
): Promise<number> {
  const deadline = performance.now() + patience
  let answer = 'does not answer'
  while (performance.now() < deadline) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(askFor)])
      const response = await fetch(`${url}/products`, { signal: limit, keepalive: false })
      const products: unknown = response.ok ? await response.json() : []
      if (Array.isArray(products) && products.length > 0) return products.length
      answer = response.ok
        ? 'lists no product'
        : `answers ${response.status}: ${(await response.text()).slice(0, 300)}`
    } catch (error) {
      signal.throwIfAborted()
      answer = `does not answer: ${error instanceof Error ? error.message : String(error)}`
    }
    await delay(100, undefined, { signal })
  }
  throw new ShopError(
    `${url}/products ${answer}.\nSee 'bun run logs gateway catalog'; 'bun run reset' begins with fresh data.`,
  )
}

export function printPlaces({
  instance,
  apps,
  skipped,
  url,
}: {
  instance: Instance
  apps: RunApp[]
  skipped: Skipped[]
  url: string
}): void {
  const seconds = (performance.now() / 1000).toFixed(1)
  const rows: [string, string][] = [
    ['shop', url],
    ...apps.map(({ id, httpPort }): [string, string] => [`${id}'s sidecar`, `http://127.0.0.1:${httpPort}`]),
    ['logs', `bun run logs [SERVICE] --follow   (${shown(instance)})`],
    ['stop', process.stdout.isTTY ? 'Ctrl-C, or bun run stop' : 'bun run stop'],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, place] of rows) say(`  ${name.padEnd(width)}  ${place}`)
  for (const each of skipped) say(skippedLine(each))
  if (instance.insecure) say('INSECURE: no mTLS, no access control, no tokens. For debugging only.')
  say(`ready in ${seconds} s: ${url}`)
}

function shown({ root, logDir }: Instance): string {
  const short = relative(root, logDir)
  return short.startsWith('..') ? logDir : short
}
