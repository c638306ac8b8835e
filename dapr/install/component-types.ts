import { join } from 'node:path'
import { Glob } from 'bun'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml'
import { InstallError } from './errors.ts'
import { closeTypes, knownTypes } from './known-types.ts'
import { isYaml } from './yaml-files.ts'

/** One use of a component type, where the YAML names it. */
interface ComponentUse {
  /** Full lower-case name: `state.sqlite`, `nameresolution.sqlite`, `middleware.http.bearer`. */
  type: string
  /** `spec.version`, lower case; empty when absent. */
  version: string
  /** Relative to the repository root. */
  file: string
  line: number
}

export interface ComponentTypes {
  uses: ComponentUse[]
  /** Sorted names of the files in Dapr's cmd/daprd/components that register what the YAML uses. */
  registrations: string[]
}

/**
 * Reads which component types the shop uses: `spec.type` of every Component under components/, name resolvers and
 * HTTP middlewares of every Configuration under dapr/configuration/.
 *
 * What is wrong with a component is passed over here: the check of its set tells it, and other sets start.
 *
 * @param root the repository root
 * @throws InstallError naming file, line and close spellings when the pinned Dapr has no such type or version as a
 * Configuration names
 */
export async function readComponentTypes(root: string): Promise<ComponentTypes> {
  const sets = await usesIn(root, 'components/*/*')
  const configurations = await usesIn(root, 'dapr/configuration/*')
  if (configurations.problems.length > 0) throw new InstallError(configurations.problems.join('\n'))
  const uses = [...sets.uses, ...configurations.uses]
  const types = knownTypes()
  const registrations = new Set(uses.flatMap(({ type }) => types.get(type)?.files ?? []))
  return { uses, registrations: [...registrations].sort() }
}

/**
 * The component types that are used, and others that are named in code.
 *
 * @param types full lower-case names
 * @throws InstallError naming close spellings when the pinned Dapr has no such type
 */
export function withTypes({ uses, registrations }: ComponentTypes, types: readonly string[]): ComponentTypes {
  const known = knownTypes()
  for (const type of types) {
    const problem = typeProblem(type, '')
    if (problem) throw new InstallError(`${problem.message}; ${problem.fix}`)
  }
  const more = types.flatMap(type => known.get(type)?.files ?? [])
  return { uses, registrations: [...new Set([...registrations, ...more])].sort() }
}

/** What the files of a pattern name, and what is wrong there. */
async function usesIn(root: string, pattern: string): Promise<{ uses: ComponentUse[]; problems: string[] }> {
  const uses: ComponentUse[] = []
  const problems: string[] = []
  const files = [...new Glob(pattern).scanSync({ cwd: root, dot: true })].filter(isYaml)
  for (const file of files.sort())
    uses.push(...usesOf(await Bun.file(join(root, file)).text(), file, problems))
  for (const { type, version, file, line } of uses) {
    const problem = typeProblem(type, version)
    if (problem) problems.push(`${file}:${line}: ${problem.message}; ${problem.fix}`)
  }
  return { uses, problems }
}

/** The component types that one YAML file names; what cannot be read goes to `problems` with its line. */
function usesOf(source: string, file: string, problems: string[]): ComponentUse[] {
  const lineCounter = new LineCounter()
  const uses: ComponentUse[] = []
  const lineOf = (node: Node) => lineCounter.linePos(node.range?.[0] ?? 0).line
  const add = (owner: YAMLMap, key: string, prefix: string) => {
    const node = owner.get(key, true)
    if (!isScalar(node) || typeof node.value !== 'string' || node.value === '') {
      problems.push(`${file}:${lineOf(node ?? owner)}: \`${key}\` must be the name of a component type`)
      return
    }
    const version = owner.get('version')
    uses.push({
      type: `${prefix}${node.value}`.toLowerCase(),
      version: typeof version === 'string' ? version.toLowerCase() : '',
      file,
      line: lineOf(node),
    })
  }
  for (const document of parseAllDocuments(source, { lineCounter })) {
    for (const error of document.errors)
      problems.push(`${file}:${error.linePos?.[0].line ?? 1}: ${error.message}`)
    if (document.errors.length > 0 || !isMap(document.contents)) continue
    const kind = document.get('kind')
    const spec = document.get('spec')
    if (kind === 'Component') {
      if (isMap(spec)) add(spec, 'type', '')
      else problems.push(`${file}:${lineOf(document.contents)}: a Component needs \`spec.type\``)
    }
    if (kind !== 'Configuration') continue
    const resolution = isMap(spec) ? spec.get('nameResolution') : undefined
    if (isMap(resolution) && resolution.has('component')) add(resolution, 'component', 'nameresolution.')
    // what daprd falls back to outside Kubernetes
    else uses.push({ type: 'nameresolution.mdns', version: '', file, line: lineOf(document.contents) })
    for (const pipeline of ['httpPipeline', 'appHttpPipeline']) {
      const handlers = isMap(spec) ? spec.getIn([pipeline, 'handlers']) : undefined
      if (isSeq(handlers)) for (const handler of handlers.items) if (isMap(handler)) add(handler, 'type', '')
    }
  }
  return uses
}

/**
 * Why daprd would not take a component.
 *
 * @param type full lower-case name
 * @param version `spec.version`, lower case; empty when absent
 */
export function typeProblem(
  type: string,
  version: string,
): { about: 'type' | 'version'; message: string; fix: string } | undefined {
  const types = knownTypes()
  const registration = types.get(type)
  if (!registration) {
    const close = closeTypes(type, types.keys())
    return {
      about: 'type',
      message: `${type}: the pinned Dapr has no such component type`,
      fix:
        close.length > 0
          ? `did you mean ${close.join(', or ')}?`
          : 'see https://docs.dapr.io/reference/components-reference/',
    }
  }
  const { versions } = registration
  // as daprd does it: v1 and v0 stand for "the" version of a type that has only one
  if (versions ? version === '' || versions.includes(version) : ['', 'v0', 'v1'].includes(version))
    return undefined
  const known = (versions ?? ['v1']).join(' or ')
  return { about: 'version', message: `${type}: there is no version ${version}`, fix: `write ${known}` }
}
