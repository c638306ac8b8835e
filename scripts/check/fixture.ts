import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory with these files (path → text), gone when the `using` scope ends. */
export async function fixtureTree(
  files: Record<string, string>,
): Promise<AsyncDisposable & { root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'fixture-'))
  for (const [path, text] of Object.entries(files)) await Bun.write(join(root, path), text)
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}
