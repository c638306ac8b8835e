import { expect, test } from 'bun:test'
import { join, relative, resolve } from 'node:path'
import { type Comment, parseSync, type Statement } from 'oxc-parser'

const library = resolve(import.meta.dir, '../../packages/elysia-dapr')
const manifest: { exports: Record<string, string> } = await Bun.file(join(library, 'package.json')).json()
const entries = Object.values(manifest.exports).map(path => join(library, path))

test('every public name has documentation, and so has every member of its options', async () => {
  const missing = new Set<string>()
  for (const entry of entries) {
    for (const name of await publicNames(entry)) {
      for (const { file, what } of await undocumented(name))
        missing.add(`${relative(library, file)}: ${what}`)
    }
  }
  expect([...missing]).toEqual([])
})

interface PublicName {
  file: string
  name: string
}

/** The names that a module exports, each with the module that declares it. */
async function publicNames(file: string): Promise<PublicName[]> {
  const { program } = await parse(file)
  const names: PublicName[] = []
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration') continue
    if (statement.source) {
      const from = join(file, '..', statement.source.value)
      for (const { local } of statement.specifiers) {
        if (local.type === 'Identifier') names.push(...(await declaredIn(from, local.name)))
      }
    } else {
      names.push(...declaredNames(statement).map(name => ({ file, name })))
    }
  }
  return names
}

async function declaredIn(file: string, name: string): Promise<PublicName[]> {
  const found = (await publicNames(file)).filter(other => other.name === name)
  return found.length > 0 ? found : [{ file, name }]
}

async function undocumented({ file, name }: PublicName): Promise<{ file: string; what: string }[]> {
  const { source, program, comments } = await parse(file)
  const statements = program.body.filter(statement => declaredNames(statement).includes(name))
  if (statements.length === 0) throw new Error(`${name} is not declared in ${file}`)
  const isDocumented = (node: { start: number }) => hasDocumentation(source, comments, node.start)
  const missing = statements.some(isDocumented) ? [] : [{ file, what: name }]
  for (const statement of statements) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined
    if (declaration?.type !== 'TSInterfaceDeclaration' || !name.endsWith('Options')) continue
    for (const member of declaration.body.body) {
      if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier' || isDocumented(member))
        continue
      missing.push({ file, what: `${name}.${member.key.name}` })
    }
  }
  return missing
}

function declaredNames(statement: Statement): string[] {
  if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return []
  const { declaration } = statement
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  }
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : []
}

/** Whether a JSDoc comment ends right before a place. */
function hasDocumentation(source: string, comments: Comment[], start: number): boolean {
  return comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && source.slice(end, start).trim() === '',
  )
}

async function parse(file: string) {
  const source = await Bun.file(file).text()
  const { program, comments, errors } = parseSync(file, source)
  if (errors[0]) throw new SyntaxError(`${file}: ${errors[0].message}`)
  return { source, program, comments }
}
