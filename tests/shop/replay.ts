import { expect } from 'bun:test'
import type { DemoResult } from '../../scripts/demo/run-demo.ts'
import { type Shop, shopEnvironment } from './shop.ts'

/** `bun run demo` on a shop; it goes on while parts of that are away. `result` fails unless the books balance. */
export function demo(shop: Shop, ...args: string[]) {
  const child = Bun.spawn([process.execPath, 'run', 'demo', '--json', ...args], {
    env: shopEnvironment(shop),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, result: finish() }

  async function finish(): Promise<DemoResult> {
    const [code, output, errors] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    if (output === '') throw new Error(`bun run demo (exit ${code}) printed no result:\n${errors}`)
    const result: DemoResult = JSON.parse(output)
    // First, so that a failure shows what does not balance.
    expect(result.mismatches).toEqual([])
    expect(code).toBe(0)
    return result
  }
}

/** All units there are, of all products. */
export async function units(shop: Shop): Promise<{ onHand: number; reserved: number }> {
  const response = await fetch(`${shop.gateway}/stock`)
  if (!response.ok) throw new Error(`GET /stock answered ${response.status}`)
  const levels = (await response.json()) as { onHand: number; reserved: number }[]
  return levels.reduce(
    (sum, level) => ({ onHand: sum.onHand + level.onHand, reserved: sum.reserved + level.reserved }),
    { onHand: 0, reserved: 0 },
  )
}
