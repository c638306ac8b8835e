import { expect, test } from 'bun:test'
import { join, relative, resolve } from 'node:path'
import { type Comment, parseSync, type Statement } from 'oxc-parser'

const library = resolve(import.meta.dir, '../../packages/elysia-dapr')
const manifest: { exports: Record<string, string> } = await Bun.file(join(library, 'package.json')).json()
const entries = Object.values(manifest.exports).map(path => join(library, path))

/** They ask again and again what others ask once. */
const waiting = ['waitForSidecar', 'waitForWorkflow']

const names = (await Promise.all(entries.map(publicNames))).flat()

test('the entries export what they are known for', () => {
  expect(names.length).toBeGreaterThan(150)
  const found = names.map(({ name }) => name)
  for (const name of [
    'dapr',
    'subscribe',
    'publish',
    'stateStore',
    'invoke',
    'topic',
    'startWorker',
    'daprd',
  ])
    expect(found).toContain(name)
})

test('every public name has documentation, and so has every member of its options', async () => {
  const missing = await Promise.all(names.map(undocumented))
  expect(missing.flat().map(({ file, what }) => `${relative(library, file)}: ${what}`)).toEqual([])
})

test('every function that asks the sidecar says what it throws, and where Dapr tells of it', async () => {
  const asking = (await Promise.all(names.map(documentedCalls))).flat()
  expect(asking.length).toBeGreaterThan(20)
  const lacking = (tag: RegExp) => asking.filter(({ text }) => !tag.test(text)).map(({ name }) => name)
  expect(lacking(/^ \* @throws /m)).toEqual([])
  expect(lacking(/^ \* Source: .*https:\/\/docs\.dapr\.io\//m)).toEqual(waiting)
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
  const isDocumented = (node: { start: number }) =>
    documentationBefore(source, comments, node.start) !== undefined
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

/** A function whose first parameter is the sidecar, with its documentation. */
async function documentedCalls({ file, name }: PublicName): Promise<(PublicName & { text: string })[]> {
  const { source, program, comments } = await parse(file)
  const calls = program.body.filter(statement => {
    if (!declaredNames(statement).includes(name) || statement.type !== 'ExportNamedDeclaration') return false
    const { declaration } = statement
    if (declaration?.type !== 'FunctionDeclaration' && declaration?.type !== 'TSDeclareFunction') return false
    const [first] = declaration.params
    const type = first && 'typeAnnotation' in first ? first.typeAnnotation?.typeAnnotation : undefined
    return type?.type === 'TSTypeReference' && source.slice(type.start, type.end) === 'Sidecar'
  })
  // Overloads share the documentation of the first of them.
  const texts = calls.map(({ start }) => documentationBefore(source, comments, start)?.value ?? '')
  return calls.length > 0 ? [{ file, name, text: texts.join('\n') }] : []
}

function declaredNames(statement: Statement): string[] {
  if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return []
  const { declaration } = statement
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  }
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : []
}

/** The JSDoc comment that ends right before a place. */
function documentationBefore(source: string, comments: Comment[], start: number): Comment | undefined {
  return comments.find(
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
