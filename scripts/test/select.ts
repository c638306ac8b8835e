import { stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

export const layers = ['check', 'unit', 'shop', 'swap', 'cluster'] as const
type Layer = (typeof layers)[number]

/** What to run: `check`, `swap` and `cluster` or not, and the test files of the other layers. */
export interface Selection {
  check: boolean
  unit: string[]
  shop: string[]
  /** The shop on every set of components. */
  swap: boolean
  /** The shop on Kubernetes. */
  cluster: boolean
}

export class SelectionError extends Error {}

/**
 * Layers and paths as they stand on the command line; none: everything.
 * @throws SelectionError for what is neither a layer nor a path with tests
 */
export async function selectTests(wanted: readonly string[], root = process.cwd()): Promise<Selection> {
  const all: Selection = {
    check: true,
    unit: [
      ...(await testFiles('{packages,services,scripts,dapr,benchmarks}/**/*.test.ts', root)),
      ...(await testFiles('tests/swap/**/*.test.ts', root)),
    ],
    shop: (await testFiles('tests/**/*.test.ts', root)).filter(file => !file.startsWith('tests/swap/')),
    swap: true,
    cluster: true,
  }
  if (wanted.length === 0) return all
  const chosen: Selection = {
    check: wanted.includes('check'),
    unit: [],
    shop: [],
    swap: wanted.includes('swap'),
    cluster: wanted.includes('cluster'),
  }
  for (const layer of ['unit', 'shop'] as const) {
    const paths = await Promise.all(wanted.filter(name => !isLayer(name)).map(name => pathIn(root, name)))
    chosen[layer] = wanted.includes(layer)
      ? all[layer]
      : all[layer].filter(file => paths.some(path => under(path, file)))
  }
  for (const name of wanted.filter(name => !isLayer(name))) {
    const path = await pathIn(root, name)
    if ([...all.unit, ...all.shop].some(file => under(path, file))) continue
    throw new SelectionError(`'${name}' holds no test. Use ${layers.join(', ')}, a test file or a folder.`)
  }
  return chosen
}

async function testFiles(pattern: string, root: string): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root, followSymlinks: false }))
  return files.filter(file => !file.includes('node_modules/')).sort()
}

async function pathIn(root: string, name: string): Promise<string> {
  const path = resolve(root, name)
  const found = await stat(path).catch(() => undefined)
  if (!found)
    throw new SelectionError(`There is no '${name}'. Use ${layers.join(', ')}, a test file or a folder.`)
  return relative(root, path)
}

function under(path: string, file: string): boolean {
  return path === '' || file === path || file.startsWith(join(path, '/'))
}

function isLayer(name: string): name is Layer {
  return (layers as readonly string[]).includes(name)
}
