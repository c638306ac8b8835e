import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

export interface Documentation {
  /** Relative to the repository root. */
  file: string
  /** Of the export; counts from 1. */
  line: number
  /** The JSDoc comment above it, one line for each paragraph; empty without one. */
  text: string
}

/** Where each export of the sources below a folder stands, and what the comment above it says. */
export async function readDocumentation(root: string, folder: string): Promise<Map<string, Documentation>> {
  const files = (await Array.fromAsync(new Bun.Glob(`${folder}/*.ts`).scan({ cwd: root }))).sort()
  const found = new Map<string, Documentation>()
  for (const file of files.filter(name => !name.endsWith('.test.ts'))) {
    const source = await Bun.file(join(root, file)).text()
    for (const [name, { line, text }] of documentedExports(file, source))
      found.set(name, { file, line, text })
  }
  return found
}

/** A comment on a type of the same name counts when the value has none. */
export function documentedExports(file: string, source: string): Map<string, { line: number; text: string }> {
  const { program, comments } = parseSync(file, source)
  const values = new Map<string, { line: number; text: string }>()
  const types = new Map<string, string>()
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration' || !node.declaration) continue
    const above = comments.findLast(
      ({ type, value, end }) =>
        type === 'Block' && value.startsWith('*') && end <= node.start && isBlank(source, end, node.start),
    )
    const text = above ? paragraphs(above.value) : ''
    const { declaration } = node
    if (declaration.type === 'TSTypeAliasDeclaration') types.set(declaration.id.name, text)
    if (declaration.type !== 'VariableDeclaration') continue
    const line = source.slice(0, node.start).split('\n').length
    for (const { id } of declaration.declarations) {
      if (id.type === 'Identifier') values.set(id.name, { line, text })
    }
  }
  for (const [name, value] of values) value.text ||= types.get(name) ?? ''
  return values
}

/** The first sentence, without its full stop. */
export function firstSentence(text: string): string {
  const [line = ''] = text.split('\n')
  return (line.match(/^.*?\.(?=\s|$)/)?.[0] ?? line).replace(/\.$/, '')
}

function isBlank(source: string, from: number, to: number): boolean {
  return source.slice(from, to).trim() === ''
}

function paragraphs(comment: string): string {
  const lines = comment.split('\n').map(line => line.replace(/^\s*\*?\s?/, '').trimEnd())
  const tag = lines.findIndex(line => /^(@|Source:)/.test(line))
  const text = (tag < 0 ? lines : lines.slice(0, tag)).join('\n').trim()
  return text
    .split(/\n{2,}/)
    .map(paragraph => paragraph.replaceAll('\n', ' '))
    .join('\n')
}
