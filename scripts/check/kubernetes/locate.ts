import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNode, LineCounter, parseAllDocuments } from 'yaml'
import type { FieldPath, Manifest } from './manifest.ts'

/**
 * The line of a field in the file that an object comes from; of what a patch has added, that of the nearest field around
 * it. Undefined when the file has no such object.
 */
export function lineOf(
  root: string,
  file: string,
  { kind, metadata }: Manifest,
  field: FieldPath,
): number | undefined {
  const path = join(root, file)
  if (!existsSync(path)) return undefined
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(readFileSync(path, 'utf8'), { lineCounter, prettyErrors: false })
  const document = documents.find(
    each => each.get('kind') === kind && each.getIn(['metadata', 'name']) === metadata?.name,
  )
  if (!document) return undefined
  for (let length = field.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(field.slice(0, length), true)
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line
  }
  return undefined
}
