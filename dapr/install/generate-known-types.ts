// Run after raising the pinned Dapr: `bun dapr/install/generate-known-types.ts`. Needs Go.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runtimeSource } from './build.ts'
import { readRegistrations } from './registrations.ts'
import { findGo } from './toolchain.ts'
import { PINNED } from './versions.ts'

const output = join(import.meta.dir, 'known-types.json')

/** The text of known-types.json as the pinned module's source says it. */
export async function renderKnownTypes(work: string): Promise<string> {
  const go = await findGo(process.env, work, undefined)
  if ('reasons' in go) throw new Error(go.reasons.join('\n'))
  const source = await runtimeSource({ go: go.path, env: process.env, work, signal: undefined })
  const types = await readRegistrations(join(source, 'cmd/daprd/components'))
  const sorted = [...types].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = sorted.map(([type, registration]) => `    ${JSON.stringify(type)}: ${spaced(registration)}`)
  return `{\n  "dapr": "${PINNED.dapr}",\n  "types": {\n${lines.join(',\n')}\n  }\n}\n`
}

/** One line a type, laid out as the formatter wants it. */
function spaced(value: object): string {
  const fields = Object.entries(value).map(
    ([key, list]: [string, string[]]) => `"${key}": [${list.map(item => JSON.stringify(item)).join(', ')}]`,
  )
  return `{ ${fields.join(', ')} }`
}

if (import.meta.main) {
  const work = await mkdtemp(join(tmpdir(), 'known-types-'))
  try {
    await Bun.write(output, await renderKnownTypes(work))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
