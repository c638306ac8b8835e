import { join, posix } from 'node:path'
import type { Finding } from './finding.ts'
import { findImports } from './imports.ts'
import { readWorkspaces, type Workspace } from './workspaces.ts'

const contractMayImport = ['@sinclair/typebox', 'elysia-dapr/contract', '@bufbuild/protobuf']

/**
 * A service imports packages and other services' contracts, and nothing else of another service; a contract
 * imports only TypeBox, the shapes of `elysia-dapr/contract` and the runtime of generated protobuf; a package imports
 * no service and no contract. So each of them can move to a repository of its own.
 */
export async function checkBoundaries(root = process.cwd()): Promise<Finding[]> {
  const members = (await readWorkspaces(root)).filter(({ kind }) => kind !== 'root')
  const findings: Finding[] = []
  for (const file of await sourceFiles(root)) {
    const owner = ownerOf(members, file)
    if (!owner) continue
    const source = await Bun.file(join(root, file)).text()
    try {
      for (const { specifier, line } of findImports(file, source)) {
        const message = violation(owner, specifier, file, members)
        if (message) findings.push({ file, line, message })
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      findings.push({ file, message: `does not parse: ${error.message}` })
    }
  }
  return findings
}

async function sourceFiles(root: string): Promise<string[]> {
  const glob = new Bun.Glob('{packages,services}/**/*.{ts,tsx,mts,cts,js,mjs,cjs}')
  const files = await Array.fromAsync(glob.scan({ cwd: root, followSymlinks: false }))
  return files.filter(file => !file.includes('node_modules/')).sort()
}

function violation(
  owner: Workspace,
  specifier: string,
  file: string,
  members: readonly Workspace[],
): string | undefined {
  if (/^\.\.?(\/|$)/.test(specifier)) return relativeViolation(owner, specifier, file, members)
  if (specifier.startsWith('/')) return `imports the absolute path '${specifier}'; use a package name`
  const target = members.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
  if (target === owner) return undefined
  if (owner.kind === 'contract') return contractViolation(specifier, file)
  if (target?.kind === 'service')
    return `imports the service '${target.name}'; ${remedy(owner, target, members)}`
  if (target?.kind === 'contract' && owner.kind === 'package') {
    return `a package imports '${target.name}'; packages know no service`
  }
  return undefined
}

function relativeViolation(
  owner: Workspace,
  specifier: string,
  file: string,
  members: readonly Workspace[],
): string | undefined {
  const path = posix.join(posix.dirname(file), specifier)
  const target = ownerOf(members, path)
  if (target === owner) return undefined
  const reached = `'${specifier}' leaves ${owner.dir}`
  if (!target) return `${reached}; move what it needs into a package`
  if (target.kind !== 'service') return `${reached}; import '${target.name}' instead`
  return `${reached}; ${remedy(owner, target, members)}`
}

function remedy(owner: Workspace, target: Workspace, members: readonly Workspace[]): string {
  if (owner.kind !== 'service') return `a ${owner.kind} knows no service`
  const contract = members.find(({ dir }) => dir === `${target.dir}/contract`)
  return contract ? `import '${contract.name}' or call it through the sidecar` : 'call it through the sidecar'
}

function contractViolation(specifier: string, file: string): string | undefined {
  if (contractMayImport.some(name => specifier === name || specifier.startsWith(`${name}/`))) return undefined
  if (specifier === 'bun:test' && /\.test\.ts$/.test(file)) return undefined
  return `a contract imports '${specifier}'; it may import only ${inWords(contractMayImport)}`
}

function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** The innermost workspace a file lies in. */
function ownerOf(members: readonly Workspace[], file: string): Workspace | undefined {
  const around = members.filter(({ dir }) => file === dir || file.startsWith(`${dir}/`))
  return around.sort((a, b) => b.dir.length - a.dir.length)[0]
}
