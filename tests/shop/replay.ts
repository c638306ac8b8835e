import { expect } from 'bun:test'
import type { DemoResult } from '../../scripts/demo/run-demo.ts'
import { runDemo } from './run-demo.ts'
import type { Shop } from './shop.ts'

/** `bun run demo` on a shop; it goes on while parts of that are away. `result` fails unless the books balance. */
export function demo(shop: Shop, ...args: string[]) {
  const { child, result } = runDemo(shop, ...args)
  return { child, result: expectBalanced() }

  async function expectBalanced(): Promise<DemoResult> {
    const found = await result
    // First, so that a failure shows what does not balance.
    expect(found.mismatches).toEqual([])
    expect(await child.exited).toBe(0)
    return found
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
