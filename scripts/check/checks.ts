import { checkBoundaries } from './boundaries.ts'
import { checkAllComponents } from './components/check-components.ts'
import { checkContracts } from './contracts.ts'
import { checkFileLength } from './file-length.ts'
import { type Finding, formatFinding } from './finding.ts'
import { checkGenerated } from './generated.ts'
import { checkAllOverlays } from './kubernetes/check-kubernetes.ts'
import { checkLinks } from './links.ts'
import { checkLockfile } from './lockfile.ts'
import { checkMigrations } from './migrations.ts'
import { checkReadme } from './readme.ts'
import { runTool } from './run-tool.ts'
import { checkVendors } from './vendors.ts'
import { checkVersions } from './versions.ts'
import { checkWorkflows, missingLinters } from './workflows/workflows.ts'

export interface CheckResult {
  name: string
  ok: boolean
  /** A check that only hints never fails; its details are shown all the same. */
  hint: boolean
  /** What was found, ready to print; empty when there is nothing. */
  details: string
  ms: number
}

type Check = { name: string; hint?: boolean; run: () => Promise<string> }

const bin = 'node_modules/.bin'

const checks: Check[] = [
  { name: 'types', run: () => tool([`${bin}/tsc`, '--noEmit', '--pretty', 'false']) },
  {
    name: 'lint and format',
    run: () => tool([`${bin}/biome`, 'ci', '--colors=off', '--max-diagnostics=50', '.']),
  },
  { name: 'import boundaries', run: findings(checkBoundaries) },
  { name: 'generated files', run: findings(checkGenerated) },
  { name: 'contract compatibility', run: findings(checkContracts) },
  { name: 'components', run: findings(checkAllComponents) },
  { name: 'kubernetes', run: findings(checkAllOverlays) },
  { name: 'vendors', run: findings(checkVendors) },
  { name: 'migrations', run: findings(checkMigrations) },
  { name: 'lockfile', run: findings(checkLockfile) },
  { name: 'dependency versions', run: findings(checkVersions) },
  { name: 'documented commands', run: findings(checkReadme) },
  { name: 'documented links', run: findings(checkLinks) },
  { name: 'workflows', run: findings(checkWorkflows) },
  { name: 'workflow linters', hint: true, run: findings(missingLinters) },
  { name: 'file length', hint: true, run: findings(checkFileLength) },
]

/** Runs all checks side by side and tells of each as it ends; working directory: the repository root. */
export async function runChecks(onResult: (result: CheckResult) => void): Promise<CheckResult[]> {
  return await Promise.all(
    checks.map(async ({ name, hint = false, run }) => {
      const started = performance.now()
      const details = await run().catch(error => `the check itself failed: ${error?.stack ?? error}`)
      const ok = hint || details === ''
      const result = { name, ok, hint, details, ms: performance.now() - started }
      onResult(result)
      return result
    }),
  )
}

/** One line for a check: what, how it went, how long. */
export function checkLine({ name, ok, hint, details, ms }: CheckResult): string {
  const word = !ok ? 'FAILED' : hint && details ? 'hint' : 'ok'
  return `${name.padEnd(22)} ${word.padEnd(6)} ${(ms / 1000).toFixed(1)} s`
}

/** The details of everything that has any, each under its name; empty when nothing has. */
export function detailsOf(results: readonly CheckResult[]): string {
  return results
    .filter(({ details }) => details !== '')
    .map(({ name, details }) => `\n${name}\n${details.trimEnd()}\n`)
    .join('')
}

function findings(check: () => Promise<Finding[]>): () => Promise<string> {
  return async () => (await check()).map(formatFinding).join('\n')
}

async function tool(command: string[]): Promise<string> {
  const { code, output } = await runTool(command)
  return code === 0 ? '' : output || `${command.join(' ')} ended with ${code}`
}
