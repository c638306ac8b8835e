import type { Finding } from './finding.ts'
import { runTool } from './run-tool.ts'

/** bun.lock is in git and answers every manifest: what a fresh clone would install is what runs here. */
export async function checkLockfile(root = process.cwd()): Promise<Finding[]> {
  const [tracked, frozen] = await Promise.all([
    runTool(['git', 'ls-files', '--error-unmatch', 'bun.lock'], root),
    runTool([process.execPath, 'install', '--frozen-lockfile', '--dry-run'], root),
  ])
  const findings: Finding[] = []
  // 128: no git repository, e.g. an unpacked archive
  if (tracked.code === 1)
    findings.push({ file: 'bun.lock', message: "is not in git; run 'git add bun.lock'" })
  if (frozen.code !== 0) {
    const reason = frozen.output.match(/error: (.+)/)?.[1] ?? frozen.output.trim()
    findings.push({ file: 'bun.lock', message: `${reason}; run 'bun install' and commit bun.lock` })
  }
  return findings
}
