import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { Problem } from './problem.ts'

export type Path = readonly (string | number)[]

/** A parsed service.yaml that still knows where everything stands. */
export interface Source {
  file: string
  value: unknown
  problems: Problem[]
  /** Where the value (or, with `key`, the key) of a path stands; the nearest parent when it does not exist. */
  place(path: Path, part?: 'key' | 'value'): { file: string; line: number; column: number }
}

export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems = document.errors.map(error => ({
    ...placeAt(error.pos[0]),
    message: `not valid YAML: ${error.message}`,
    fix: 'correct the syntax',
  }))
  if (problems.length === 0) problems.push(...aliasProblems(document, placeAt))
  return {
    file,
    problems,
    value: problems.length > 0 ? undefined : document.toJS(),
    place: (path, part = 'value') => placeAt(offsetOf(document, path, part)),
  }
}

type PlaceAt = (offset: number) => { file: string; line: number; column: number }

/** Anchors would make one place stand for many, so no error could name the right one. */
function aliasProblems(document: Document.Parsed, placeAt: PlaceAt): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Alias(_, alias) {
      problems.push({
        ...placeAt(alias.range?.[0] ?? 0),
        message: `*${alias.source} is a YAML alias`,
        fix: 'write the value out',
      })
    },
  })
  return problems
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    if (part === 'key' && isMap(parent) && length > 0) {
      const pair = parent.items.find(
        item => isScalar(item.key) && String(item.key.value) === path[length - 1],
      )
      if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0
    }
    const node = length === 0 ? parent : document.getIn(path.slice(0, length), true)
    if (isNode(node)) return node.range?.[0] ?? 0
  }
  return 0
}
