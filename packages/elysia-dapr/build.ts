// Makes `dist`, or the folder that is named, the package as it is published: bun build.ts [folder]

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const here = import.meta.dir
const root = resolve(here, '../..')
const target = resolve(process.argv[2] ?? join(here, 'dist'))

interface Manifest {
  name: string
  version: string
  description: string
  keywords: string[]
  license: string
  type: string
  sideEffects: boolean
  engines: Record<string, string>
  exports: Record<string, string>
  dependencies?: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional: boolean }>
}

const source: Manifest = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'))
const workspace = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })
compile(join(target, 'lib'))
await nameJavaScript(join(target, 'lib'))
await writeFile(join(target, 'package.json'), `${JSON.stringify(published(source), undefined, 2)}\n`)
await copyFile(join(here, 'README.md'), join(target, 'README.md'))
await copyFile(join(root, 'LICENSE'), join(target, 'LICENSE'))
console.log(`${source.name} ${source.version}: ${target}`)

function compile(outDir: string): void {
  const tsc = join(root, 'node_modules/.bin/tsc')
  const project = join(here, 'tsconfig.build.json')
  const { exitCode, stdout } = Bun.spawnSync([tsc, '-p', project, '--outDir', outDir, '--pretty', 'false'])
  if (exitCode !== 0) throw new Error(stdout.toString())
}

/** The compiler rewrites the names of modules in JavaScript, and leaves them in declarations. */
async function nameJavaScript(folder: string): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue
    const text = await readFile(join(folder, file), 'utf8')
    await writeFile(
      join(folder, file),
      text.replace(/((?:from|import) ?\(?["']\.[^"']+)\.ts(?=["'])/g, '$1.js'),
    )
  }
}

/** What only the workspace knows is left out: scripts, development dependencies, the catalog. */
function published({ exports, dependencies, ...manifest }: Manifest) {
  const { name, version, description, keywords, license, type, sideEffects, engines } = manifest
  return {
    ...{ name, version, description, keywords, license, type, sideEffects, engines },
    exports: { ...mapValues(exports, entryPoint), './package.json': './package.json' },
    files: ['lib'],
    ...(dependencies && { dependencies: mapValues(dependencies, range) }),
    peerDependencies: mapValues(manifest.peerDependencies, range),
    peerDependenciesMeta: manifest.peerDependenciesMeta,
  }
}

function entryPoint(path: string): { types: string; default: string } {
  const module = path.replace('./src/', './lib/').replace(/\.ts$/, '')
  return { types: `${module}.d.ts`, default: `${module}.js` }
}

function range(version: string, name: string): string {
  return version === 'catalog:' ? workspace.workspaces.catalog[name] : version
}

function mapValues<Value, Result>(
  values: Record<string, Value>,
  map: (value: Value, name: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]))
}
