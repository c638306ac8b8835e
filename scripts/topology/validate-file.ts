import { ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import { nearest } from '../spelling.ts'
import { type Problem, quoted } from './problem.ts'
import { ServiceFile } from './schema.ts'
import type { Path, Source } from './source.ts'

const knownKeys = Object.keys(ServiceFile.properties)
const reservedEnv = /^(APP_|DAPR_)|^NAMESPACE$/
const lists = ['publishes', 'subscribes', 'stores', 'bindings', 'crypto', 'secrets'] as const

/** What is wrong within one service.yaml. Empty: the value is a ServiceFile. */
export function validateFile(source: Source, folder: string): Problem[] {
  if (source.problems.length > 0) return source.problems
  const { value } = source
  if (!isRecord(value)) {
    const fix = `begin with "name: ${folder}"`
    return [{ ...source.place([]), message: `expected keys and values, found ${quoted(value)}`, fix }]
  }
  const schemaProblems = checkSchema(source)
  return [
    ...schemaProblems,
    ...checkName(source, value, folder),
    ...checkWithout(source, value),
    ...checkEnv(source, value),
    ...checkDoubles(source, value),
  ]
}

function checkSchema(source: Source): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const error of Value.Errors(ServiceFile, source.value)) {
    // A missing or mistyped value yields several errors at one path; the first one says it best.
    if (seen.has(error.path)) continue
    seen.add(error.path)
    const path = pathOf(error.path, source.value)
    const name = nameOf(path)
    if (error.type === ValueErrorType.ObjectAdditionalProperties) {
      problems.push({
        ...source.place(path, 'key'),
        message: `unknown key ${quoted(name)}`,
        fix: spelling(name, knownKeys, 'key'),
      })
    } else if (error.type === ValueErrorType.ObjectRequiredProperty) {
      problems.push({
        ...source.place([]),
        message: `${name} is missing`,
        fix: `add it: ${error.schema.description ?? name}`,
      })
    } else {
      problems.push({
        ...source.place(path),
        message: `${name} is ${quoted(error.value)}`,
        fix: fixOf(error.schema, error.message),
      })
    }
  }
  return problems
}

function fixOf(schema: Record<string, unknown>, message: string): string {
  return typeof schema.errorMessage === 'string' ? schema.errorMessage : message.toLowerCase()
}

function checkName(source: Source, value: Record<string, unknown>, folder: string): Problem[] {
  if (typeof value.name !== 'string' || value.name === folder) return []
  const message = `name is ${quoted(value.name)} but the folder is ${quoted(folder)}`
  return [{ ...source.place(['name']), message, fix: `write "name: ${folder}" or rename the folder` }]
}

/** Bun is always there; a service in another language may have to be left out. */
function checkWithout(source: Source, { language, without }: Record<string, unknown>): Problem[] {
  if (without !== undefined || (language !== 'go' && language !== 'python')) return []
  const fix = `add it: ${ServiceFile.properties.without.description}`
  return [{ ...source.place(['language']), message: `without is missing for a service in ${language}`, fix }]
}

function checkEnv(source: Source, value: Record<string, unknown>): Problem[] {
  if (!isRecord(value.env)) return []
  const problems: Problem[] = []
  for (const name of Object.keys(value.env)) {
    const place = source.place(['env', name], 'key')
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      problems.push({ ...place, message: `env has ${quoted(name)}`, fix: 'write it in UPPER_CASE' })
    } else if (reservedEnv.test(name)) {
      problems.push({
        ...place,
        message: `env sets ${name}`,
        fix: 'remove it: the starter sets APP_*, DAPR_* and NAMESPACE',
      })
    }
  }
  return problems
}

function checkDoubles(source: Source, value: Record<string, unknown>): Problem[] {
  const problems: Problem[] = []
  const check = (path: Path, list: unknown) => {
    if (!Array.isArray(list)) return
    const entries = list.map(entry => (isRecord(entry) ? entry.name : entry))
    for (const [index, entry] of entries.entries()) {
      const first = entries.indexOf(entry)
      if (first === index) continue
      const { line } = source.place([...path, first])
      const message = `${nameOf(path)} has ${quoted(entry)} twice`
      problems.push({
        ...source.place([...path, index]),
        message,
        fix: `remove it: line ${line} has it already`,
      })
    }
  }
  for (const key of lists) check([key], value[key])
  if (isRecord(value.calls))
    for (const [name, list] of Object.entries(value.calls)) check(['calls', name], list)
  return problems
}

/** `did you mean ...?` when one of the known names is near, else the names themselves. */
export function spelling(name: string, known: readonly string[], what: string): string {
  if (known.length === 0) return `there is no ${what} to choose from`
  const near = nearest(name, known)
  if (near !== undefined) return `did you mean ${quoted(near)}?`
  return `use one of ${known.join(', ')}`
}

/** A JSON pointer as the path of a YAML node: digits are an index only inside a list. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = []
  let value = root
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(name) : name)
    value = Array.isArray(value) ? value[Number(name)] : isRecord(value) ? value[name] : undefined
  }
  return path
}

function nameOf(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index > 0 ? `.${part}` : part))
    .join('')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
