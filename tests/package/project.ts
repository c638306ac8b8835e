import { mkdir, readdir, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'

const root = resolve(import.meta.dir, '../..')
const library = join(root, 'packages/elysia-dapr')

export interface Output {
  code: number
  output: string
}

/** Runs a command to its end; `output` is what it wrote to both streams. */
export async function run(command: string[], cwd: string, env: Record<string, string> = {}): Promise<Output> {
  const child = Bun.spawn(command, { cwd, env: { ...process.env, ...env }, stdout: 'pipe', stderr: 'pipe' })
  const texts = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, output: texts.join('') }
}

/** @throws Error with the output when the command fails */
export async function succeed(
  command: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { code, output } = await run(command, cwd, env)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`)
  return output
}

/** A tool of the repository, run by the Bun that runs the tests. */
export function tool(name: string, ...args: string[]): string[] {
  return [process.execPath, join(root, 'node_modules/.bin', name), ...args]
}

/** The version that the repository pins. */
export async function pinned(name: string): Promise<string> {
  const { workspaces } = await Bun.file(join(root, 'package.json')).json()
  return workspaces.catalog[name]
}

export interface Built extends AsyncDisposable {
  /** The package, as it is published. */
  dist: string
  /** An empty folder outside the workspace. */
  project: string
}

/** Builds the package. */
export async function build(): Promise<Built> {
  await using cleanup = new AsyncDisposableStack()
  const { path } = cleanup.use(await temporaryFolder())
  const [dist, project] = [join(path, 'dist'), join(path, 'project')]
  await mkdir(project)
  await succeed([process.execPath, join(library, 'build.ts'), dist], library)
  const kept = cleanup.move()
  return { dist, project, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** Packs what was built, and returns the path of the tarball. */
export async function pack({ dist }: Built): Promise<string> {
  const folder = join(dist, '..')
  await succeed(['npm', 'pack', '--loglevel=error', '--pack-destination', folder], dist)
  const tarball = (await readdir(folder)).find(name => name.endsWith('.tgz'))
  if (!tarball) throw new Error('npm pack has made no tarball')
  return join(folder, tarball)
}

/** What a strict user of `tsc` has, with the types of Bun, which stay in the repository. */
export const compilerOptions = {
  target: 'ES2022',
  module: 'NodeNext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  types: [join(root, 'node_modules/bun-types')],
}

/** The types of Node without those of Bun. */
export const nodeTypes = [
  dirname(Bun.resolveSync('@types/node/package.json', await realpath(join(root, 'node_modules/bun-types')))),
]

/** The errors that the compiler finds outside of other people's packages. */
export async function typeErrors(
  project: string,
  options: Record<string, unknown>,
  include: string[] = ['*.ts'],
): Promise<string[]> {
  const config = { compilerOptions: { ...compilerOptions, ...options }, include }
  await Bun.write(join(project, 'tsconfig.json'), JSON.stringify(config))
  const { output } = await run(tool('tsc', '-p', '.', '--pretty', 'false'), project)
  const isOurs = (line: string) => !/^\s|^node_modules\/(?!elysia-dapr\/)/.test(line)
  return output.split('\n').filter(line => line !== '' && isOurs(line))
}
