import { resolve } from 'node:path'
import type { Side } from './benchmark.ts'

export interface BundleSize {
  minified: number
  gzipped: number
}

/** Bytes of a program of `subjects/bundles/` with all it imports. */
export async function bundleSize(file: string): Promise<BundleSize> {
  const { outputs } = await Bun.build({
    entrypoints: [resolve(import.meta.dir, '../subjects/bundles', file)],
    minify: true,
    target: 'bun',
  })
  const parts = await Promise.all(outputs.map(async output => new Uint8Array(await output.arrayBuffer())))
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0)
  return {
    minified: sum(parts.map(part => part.length)),
    gzipped: sum(parts.map(part => Bun.gzipSync(part).length)),
  }
}

/** What our package adds to a small app of Elysia, and the same app with the SDK, in KiB. */
export async function addedBytes(side: Side, part: keyof BundleSize, ours = 'ours.ts'): Promise<number> {
  if (side === 'peer') return (await bundleSize('sdk.ts'))[part] / 1_024
  const [whole, base] = await Promise.all([bundleSize(ours), bundleSize('elysia.ts')])
  return (whole[part] - base[part]) / 1_024
}
