import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '../supervisor/session/instance.ts'
import { runningStarter } from '../supervisor/session/run-record.ts'
import { readRunFile } from '../supervisor/shop/runfile.ts'
import { ShopError } from '../supervisor/shop-error.ts'

export interface Reply {
  status: number
  /** Parsed JSON; undefined when the body is none. */
  body: unknown
}

/** One service that runs, as the people who run it ask it: on its own port, past its sidecar. */
export interface Operated {
  name: string
  /** @throws ShopError when the service does not answer, or refuses the token */
  ask(path: string, body?: unknown): Promise<Reply>
}

/** A rebuild may take as long, in milliseconds. */
const longest = 600_000

/**
 * The services of the running shop that speak HTTP, with the token that its start has made.
 * @throws ShopError when the shop does not run
 */
export async function operatedServices(instance: Instance): Promise<Operated[]> {
  if (!runningStarter(instance.runDir))
    throw new ShopError("The shop does not run. Start it with 'bun start'.")
  const token = readToken(join(instance.runDir, 'env'))
  const apps = await readRunFile(instance)
  return apps
    .filter(({ flags }) => !flags.some(flag => flag.includes('grpc')))
    .map(({ id, appPort }) => operated(id, `http://127.0.0.1:${appPort}`, token))
    .sort((a, b) => a.name.localeCompare(b.name))
}

export function operated(name: string, origin: string, token: string | undefined): Operated {
  return {
    name,
    async ask(path, body) {
      const headers: Record<string, string> = { 'content-type': 'application/json' }
      if (token) headers['dapr-api-token'] = token
      const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const signal = AbortSignal.timeout(longest)
      const answer = await fetch(`${origin}${path}`, { headers, signal, ...request }).catch(cause => {
        throw new ShopError(
          `${name} does not answer at ${origin} (${cause.message}). 'bun run logs ${name}' shows why.`,
        )
      })
      const reply = { status: answer.status, body: await answer.json().catch(() => undefined) }
      if (reply.status !== 401) return reply
      throw new ShopError(
        `${name} refuses the token of this shop: it belongs to another start. Restart the shop.`,
      )
    },
  }
}

/** @throws ShopError for what is no success, other than 404 */
export function bodyOf<Body>(name: string, { status, body }: Reply): Body | undefined {
  if (status === 404) return undefined
  if (status < 300) return body as Body
  const { detail = '' } = (body ?? {}) as { detail?: string }
  throw new ShopError(
    `${name} answers ${status}${detail && `: ${detail}`}. 'bun run logs ${name}' shows why.`,
  )
}

/** What `start` leaves for shells; undefined for a shop without tokens. */
function readToken(file: string): string | undefined {
  try {
    return tokenIn(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ShopError(
      `Cannot read the token of the shop: ${(error as Error).message}. Is it still starting?`,
    )
  }
}

export function tokenIn(script: string): string | undefined {
  const quoted = /^export APP_API_TOKEN='(.*)'$/m.exec(script)?.[1]
  return quoted?.replaceAll("'\\''", "'")
}
