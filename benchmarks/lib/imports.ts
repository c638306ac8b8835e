import type { Measure, Setting, Side } from './benchmark.ts'
import { startSubject } from './subject.ts'

export interface ImportCost {
  milliseconds: number
  /** Of resident memory. */
  bytes: number
}

/** What is imported, and what an app has imported anyway. */
const modules: Record<Side, string[]> = {
  ours: ['elysia-dapr', 'elysia', '@sinclair/typebox'],
  peer: ['@dapr/dapr'],
}

/** Each measurement is a fresh process. */
export function importCost(part: keyof ImportCost, { signal }: Setting): Measure {
  return async side => {
    await using subject = startSubject({ file: 'import.mjs', args: modules[side] }, signal)
    const cost = await subject.next<ImportCost>()
    return part === 'bytes' ? cost.bytes / 2 ** 20 : cost.milliseconds
  }
}
