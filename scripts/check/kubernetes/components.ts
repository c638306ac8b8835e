import { isNode, LineCounter, parseDocument, stringify } from 'yaml'
import type { Service } from '../../topology/load.ts'
import { checkFeatures } from '../components/features.ts'
import { hazards } from '../components/hazards/all.ts'
import { checkHazards } from '../components/hazards/hazard.ts'
import { checkRetries } from '../components/hazards/retries.ts'
import { checkNames } from '../components/names.ts'
import { neededBy } from '../components/needed.ts'
import { readComponents } from '../components/read-set.ts'
import type { Resiliency } from '../components/resiliency.ts'
import { checkScopes } from '../components/scopes.ts'
import { checkSettings } from '../components/settings.ts'
import { checkTypes } from '../components/types.ts'
import { type FieldPath, type Manifest, type ManifestProblem, walk } from './manifest.ts'

/**
 * That the Dapr components of an overlay are all that services need, of types that the pinned Dapr has, with settings
 * that it reads and that lose no events: what is asked of a component set.
 *
 * @param overlay named where a component is missing altogether
 */
export function checkDaprComponents(
  manifests: readonly Manifest[],
  services: readonly Service[],
  overlay: string,
): (ManifestProblem | { message: string })[] {
  const byName = new Map(
    manifests.filter(({ kind }) => kind === 'Component').map(each => [each.metadata?.name ?? '', each]),
  )
  const texts = new Map([...byName].map(([name, manifest]) => [name, stringify(manifest)]))
  const read = [...texts].map(([name, text]) => readComponents(name, text))
  const components = read.flatMap(each => each.components)
  const needed = neededBy(services, components)
  const found = [
    ...read.flatMap(({ findings }) => findings),
    ...checkTypes(components),
    ...checkSettings(components),
    ...checkHazards(components, services, hazards),
    ...checkRetries(
      needed,
      manifests.filter(({ kind }) => kind === 'Resiliency').map(each => each as Resiliency),
    ),
    ...(services.length > 0
      ? [
          ...checkNames(overlay, components, needed),
          ...checkScopes(components, needed, services),
          ...checkFeatures(components, needed),
        ]
      : []),
  ]
  return found.map(({ file, line = 1, message, fix }) => {
    const manifest = byName.get(file)
    const text = `${message}; ${fix}`
    return manifest
      ? { manifest, field: fieldAt(manifest, texts.get(file) ?? '', line), message: text }
      : { message: text }
  })
}

/** The first field whose value begins in a line of the YAML that was read. */
function fieldAt(manifest: Manifest, text: string, line: number): FieldPath {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  for (const { path } of walk(manifest)) {
    const node = document.getIn(path, true)
    if (path.length > 0 && isNode(node) && lineCounter.linePos(node.range?.[0] ?? 0).line === line)
      return path
  }
  return []
}
