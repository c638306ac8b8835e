import { messageOf } from './http.ts'

/**
 * Where the shop's gateway listens: GATEWAY_PORT, else 8000 shifted by SHOP_PORT_OFFSET.
 * Throws when either is no number.
 */
export function gatewayOrigin(env: Record<string, string | undefined> = process.env): string {
  const port = env.GATEWAY_PORT
    ? toNumber('GATEWAY_PORT', env.GATEWAY_PORT)
    : 8000 + toNumber('SHOP_PORT_OFFSET', env.SHOP_PORT_OFFSET || '0')
  return `http://127.0.0.1:${port}`
}

/** Throws, with the way out, unless a shop answers there. */
export async function findShop(origin: string): Promise<void> {
  const hint = 'Start it with `bun start`, wait for its line "ready", then run the demo again.'
  const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(error => {
    // Bun's message for a refused connection asks whether the computer is online.
    const why =
      error.code === 'ConnectionRefused' || error.code === 'ECONNREFUSED'
        ? 'connection refused'
        : messageOf(error)
    throw new Error(`No shop answers at ${origin}: ${why}.\n${hint}`)
  })
  if (!response.ok)
    throw new Error(`The gateway at ${origin} is not ready: it answered ${response.status}.\n${hint}`)
}

function toNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0 && number < 65_536) return number
  throw new Error(`${name} must be a number from 0 to 65535, not "${text}".`)
}
