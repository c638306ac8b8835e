import { parseSync, Visitor } from 'oxc-parser'

export interface Import {
  specifier: string
  /** Counts from 1. */
  line: number
}

/**
 * Every module that a source names: imports, re-exports, `import()` as value and as type, `require()`;
 * type-only ones too, which Bun.Transpiler().scanImports leaves out.
 * Throws a SyntaxError when the source does not parse.
 */
export function findImports(file: string, source: string): Import[] {
  const { program, errors } = parseSync(file, source)
  if (errors[0]) throw new SyntaxError(errors[0].message)
  const imports: Import[] = []
  const add = (node: unknown) => {
    if (!isStringLiteral(node)) return
    imports.push({ specifier: node.value, line: source.slice(0, node.start).split('\n').length })
  }
  new Visitor({
    ImportDeclaration: node => add(node.source),
    ExportNamedDeclaration: node => add(node.source),
    ExportAllDeclaration: node => add(node.source),
    ImportExpression: node => add(node.source),
    TSImportType: node => add(node.source),
    TSExternalModuleReference: node => add(node.expression),
    CallExpression: node => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') add(node.arguments[0])
    },
  }).visit(program)
  return imports
}

function isStringLiteral(node: unknown): node is { value: string; start: number } {
  if (typeof node !== 'object' || node === null) return false
  return 'value' in node && typeof node.value === 'string' && 'start' in node
}
