import { dirname, join } from 'node:path'

type Kind = 'root' | 'package' | 'service' | 'contract'

export interface Workspace {
  name: string
  /** Relative to the repository root; '' is the root itself. */
  dir: string
  kind: Kind
  manifest: Manifest
}

interface Manifest {
  name?: string
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  workspaces?: { packages: string[]; catalog?: Record<string, string> }
}

/** The root and every package that its package.json calls a workspace. */
export async function readWorkspaces(root: string): Promise<Workspace[]> {
  const manifest = await readManifest(root, '')
  const found: Workspace[] = [{ name: manifest.name ?? '', dir: '', kind: 'root', manifest }]
  for (const pattern of manifest.workspaces?.packages ?? []) {
    for await (const path of new Bun.Glob(`${pattern}/package.json`).scan({ cwd: root })) {
      const dir = dirname(path)
      const member = await readManifest(root, dir)
      found.push({ name: member.name ?? dir, dir, kind: kindOf(dir), manifest: member })
    }
  }
  return found.sort((a, b) => (a.dir < b.dir ? -1 : 1))
}

async function readManifest(root: string, dir: string): Promise<Manifest> {
  return await Bun.file(join(root, dir, 'package.json')).json()
}

function kindOf(dir: string): Kind {
  if (/^services\/[^/]+\/contract$/.test(dir)) return 'contract'
  return dir.startsWith('services/') ? 'service' : 'package'
}
