import type { Finding } from '../finding.ts'
import { runTool } from '../run-tool.ts'
import { type Linter, type LinterName, obtainLinter } from './obtain-linter.ts'

const names: LinterName[] = ['actionlint', 'zizmor']

const obtained = new Map<LinterName, Promise<Linter>>()

/** Asked for once in a process, whoever asks. */
function linter(name: LinterName): Promise<Linter> {
  const linter = obtained.get(name) ?? obtainLinter(name)
  obtained.set(name, linter)
  return linter
}

/**
 * What actionlint and zizmor find in the workflows of the repository, in its own actions and in the settings of
 * Dependabot. Neither asks the network. One that cannot be had here finds nothing: see missingLinters.
 */
export async function checkWorkflows(root = process.cwd(), find = linter): Promise<Finding[]> {
  const glob = new Bun.Glob('.github/workflows/*.{yml,yaml}')
  const files = (await Array.fromAsync(glob.scan({ cwd: root, dot: true }))).sort()
  if (files.length === 0) return []
  const found = await Promise.all(
    names.map(async name => {
      const linter = await find(name)
      return 'path' in linter ? await runs[name](linter.path, files, root) : []
    }),
  )
  return found.flat()
}

/** A hint for each linter that cannot be had here. */
export async function missingLinters(find = linter): Promise<Finding[]> {
  const all = await Promise.all(names.map(async name => ({ name, linter: await find(name) })))
  return all.flatMap(({ name, linter }) =>
    'lack' in linter
      ? [{ file: '.github', message: `not read by ${name}, which cannot be had: ${linter.lack}` }]
      : [],
  )
}

const runs: Record<LinterName, (path: string, files: string[], root: string) => Promise<Finding[]>> = {
  async actionlint(path, files, root) {
    // of the shell and Python in a workflow it would say more on a machine that has their linters
    const settings = ['-shellcheck=', '-pyflakes=', '-no-color', '-format', '{{json .}}']
    const { output } = await runTool([path, ...settings, ...files], root)
    const found: { message: string; filepath: string; line: number; kind: string }[] = parsed(path, output)
    return found.map(({ filepath, line, message, kind }) => ({
      file: filepath,
      line,
      message: `${message} (actionlint: ${kind})`,
    }))
  },
  async zizmor(path, _files, root) {
    const settings = ['--offline', '--quiet', '--no-progress', '--no-exit-codes', '--strict-collection']
    const { output } = await runTool([path, ...settings, '--format', 'json-v1', '.github'], root)
    const found: ZizmorFinding[] = parsed(path, output)
    return found.map(({ ident, desc, locations }) => {
      const place = locations.find(({ symbolic }) => symbolic.kind === 'Primary') ?? locations[0]
      return {
        file: place?.symbolic.key.Local?.verbatim_path ?? '.github',
        ...(place && { line: place.concrete.location.start_point.row + 1 }),
        message: `${desc}: ${place?.symbolic.annotation} (zizmor: ${ident})`,
      }
    })
  },
}

// https://docs.zizmor.sh/usage/#json
interface ZizmorFinding {
  ident: string
  desc: string
  locations: {
    symbolic: { key: { Local?: { verbatim_path: string } }; annotation: string; kind: string }
    concrete: { location: { start_point: { row: number } } }
  }[]
}

/** @throws Error with what the program says instead of findings */
function parsed<Findings>(path: string, output: string): Findings {
  try {
    return JSON.parse(output)
  } catch {
    throw new Error(`${path} says: ${output.trim() || 'nothing'}`)
  }
}
