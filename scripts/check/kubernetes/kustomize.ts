import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import type { Manifest } from './manifest.ts'

/** The command that renders a folder: its name and arguments, to which the folder is added. */
export type Kustomize = readonly string[]

/** An installed kustomize: as a program of its own, or within kubectl. */
export function installedKustomize(path = process.env.PATH ?? ''): Kustomize | undefined {
  const kustomize = Bun.which('kustomize', { PATH: path })
  if (kustomize) return [kustomize, 'build']
  const kubectl = Bun.which('kubectl', { PATH: path })
  return kubectl ? [kubectl, 'kustomize'] : undefined
}

/** An object, and the file that it comes from. */
export interface Rendered {
  manifest: Manifest
  /** Relative to the repository root; undefined when a generator made it. */
  file: string | undefined
}

const origin = 'config.kubernetes.io/origin'

/**
 * Renders a folder.
 * @param folder relative to `root`, or absolute
 * @returns its objects, or what kustomize says is wrong with it
 */
export async function render(
  kustomize: Kustomize,
  root: string,
  folder: string,
): Promise<{ objects: Rendered[] } | { problem: string }> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'kustomize-')))
  try {
    const target = realpathSync(isAbsolute(folder) ? folder : join(root, folder))
    // another one around it, since a folder need not ask where its objects come from
    const around = { resources: [relative(work, target)], buildMetadata: ['originAnnotations'] }
    writeFileSync(join(work, 'kustomization.yaml'), JSON.stringify(around))
    const child = Bun.spawn([...kustomize, work], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [code, output, errors] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    if (code !== 0) return { problem: readable(errors, realpathSync(root)) }
    const documents = parseAllDocuments(output)
    return { objects: documents.map(each => toRendered(each.toJS(), work, realpathSync(root))) }
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** Without the annotation that rendering added. */
function toRendered(manifest: Manifest, work: string, root: string): Rendered {
  const { metadata } = manifest
  const { [origin]: text, ...annotations } = metadata?.annotations ?? {}
  const path: unknown = text === undefined ? undefined : parse(text)?.path
  if (metadata) {
    if (Object.keys(annotations).length > 0) metadata.annotations = annotations
    else delete metadata.annotations
  }
  return { manifest, file: typeof path === 'string' ? relative(root, resolve(work, path)) : undefined }
}

/** kustomize tells every folder on the way: what is wrong is at the end, and in one line. */
function readable(errors: string, root: string): string {
  const text = errors
    .trim()
    .replace(/^Error: /i, '')
    .replaceAll(`${root}/`, '')
    .replaceAll(/\s*\n\s*/g, ' ')
  return (
    text.split(/accumulating (?:resources|components)(?: from '[^']*')?: /).pop() ||
    'kustomize gives no reason'
  )
}
