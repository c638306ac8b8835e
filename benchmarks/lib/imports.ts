import type { Measure, Setting, Side } from './benchmark.ts'
import { startSubject } from './subject.ts'

export interface ImportCost {
  milliseconds: number
  /** Of resident memory. */
  bytes: number
}

/** Each measurement is a fresh process, in which ours finds what an app has imported anyway. */
export function importCost(
  part: keyof ImportCost,
  { signal }: Setting,
  entries: readonly string[] = ['elysia-dapr'],
): Measure {
  const modules: Record<Side, string[]> = {
    ours: [entries.join(), 'elysia', '@sinclair/typebox'],
    peer: ['@dapr/dapr'],
  }
  return async side => {
    await using subject = startSubject({ file: 'import.mjs', args: modules[side] }, signal)
    const cost = await subject.next<ImportCost>()
    return part === 'bytes' ? cost.bytes / 2 ** 20 : cost.milliseconds
  }
}
