import type { Load } from './load.ts'

/** Until so many events more are acknowledged. */
export async function untilAcknowledged(load: Load, more: number): Promise<void> {
  const wanted = load.acknowledged.size + more
  while (load.acknowledged.size < wanted) await Bun.sleep(5)
}

/**
 * Until each of the events is among the handled ones.
 * @throws Error that names those that are not, after `withinMs`
 */
export async function untilHandled(
  wanted: Iterable<string>,
  handled: () => Iterable<string> | Promise<Iterable<string>>,
  { withinMs = 30_000, log = () => '' }: { withinMs?: number; log?: () => string } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (true) {
    const missing = new Set(wanted).difference(new Set(await handled()))
    if (missing.size === 0) return
    if (performance.now() > deadline) {
      const named = [...missing].slice(0, 20).join(', ')
      throw new Error(`${missing.size} events were never handled: ${named}\n${log().slice(-4_000)}`)
    }
    await Bun.sleep(20)
  }
}
